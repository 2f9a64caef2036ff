"""The texts of `mail_strangers`: messages of help desks, vendors, engineers and machines, with and without secrets."""

TEXTS: dict[str, str] = {
    # -- people who hand over a password --------------------------------------------------------------------------------
    "desk-reset": """Hello Priya,

Your ticket RITM00{{n6}} has been resolved. We reset the directory account for you and the interim
credential is <<password>> . Windows will make you pick another one at the next sign in.

Kind regards
Service Desk | Level 1 | ext. 4410
""",
    "desk-phone": "Sorry I missed your call. I've gone ahead and set it to <<password>> so you can get going. Ping me if it's locked again.",
    "new-starter": """Dear Tom,

welcome aboard! Below you find what you need for your first day.

   E-mail address ....... tom.wu@fabrikam.example
   Windows logon ........ FABRIKAM\\twu
   Start password ....... <<password>>
   Badge ................ {{part}}

See you on Monday.
""",
    "vendor-portal": """Hi all,

access for the supplier portal has been created:

URL:      https://suppliers.fabrikam.example/login
Account:  contoso-purchasing
Secret:   <<password>>

The account is shared, please do not change the secret without telling us.
""",
    "two-lines": """here you go

backup-operator
<<password:a>>

and for the other box

backup-operator2
<<password:b>>
""",
    "chat-export": """[09:12] Lena: what was the login for the grafana box again
[09:13] Marco: admin
[09:13] Marco: <<password>>
[09:13] Lena: thx!
""",
    "slack": "U04AB: anyone got creds for the QA tenant?\nU07CC: qa.admin@contoso.example // <<password>>\nU04AB: :pray:",
    "signature-noise": """Can you check whether the scanner account still works? I believe Jim gave it the password "<<password>>" back in 2022.

--
Anna Berg
Fabrikam GmbH | Register court Munich HRB {{n6}} | VAT DE{{n10}}
""",
    "phone-read": "Since you could not hear me on the phone, I am typing it here: capital first letter, <<password>> - that is the BIOS password for all Latitude machines.",
    "safe-combination": "The combination for the key safe next to server room 2 is <<pin>>, please do not write it on the wall again.",
    "wlan": "Guest WLAN for the workshop\nSSID FAB-GUEST\nKey <<password>>\nvalid until Friday evening",
    "sharedbox": "The shared mailbox credentials did not change over the weekend: orders@fabrikam.example with <<password>>",
    "cred-slash": "DB login for the reporting replica: reporting_ro/<<password>>",
    "cred-at": "ssh deploy@10.20.4.17 (pw: <<password>>)",
    "ends-sentence": "If Outlook asks, the credential you want is <<password>>. Thanks, Bea",
    "in-brackets": "I created the SQL login app_writer (password <<password>>) on both nodes.",
    "in-backticks": "Use `svc-deploy` with `<<password>>` for the pipeline agent until the managed identity is there.",
    "bold-html": "<html><body><p>Hi Omar,</p><p>The new password for <b>svc_sharepoint</b> is <b><<password>></b>.</p><p>Cheers</p></body></html>",
    "table-html": "<html><body><table border=1><tr><th>System</th><th>User</th><th>Password</th></tr><tr><td>SAP QAS</td><td>RFC_CONTOSO</td><td><<password:a>></td></tr><tr><td>SAP PRD</td><td>RFC_CONTOSO</td><td><<password:b>></td></tr></table></body></html>",
    "kv-html": "<html><body><div>Login details</div><div><span>User name:</span> <span>kiosk01</span></div><div><span>Password:</span> <span><<password>></span></div></body></html>",
    "list-numbered": "1. Open https://vpn.fabrikam.example\n2. User: ext-mueller\n3. Password: <<password>>\n4. Approve the prompt on your phone",
    "table-md": "| host | user | pass |\n|------|------|------|\n| sftp01 | batch | <<password:a>> |\n| sftp02 | batch | <<password:b>> |",
    "table-tab": "Environment\tLogin\tPassword\nINT\tint_admin\t<<password:a>>\nUAT\tuat_admin\t<<password:b>>\n",
    "forwarded": """-----Original Message-----
From: Noreply Provisioning
Sent: Tuesday, January 9, 2024 7:02 AM
Subject: Account ready

> Your mailbox is ready.
>   Login      : j.kim@fabrikam.example
>   Password   : <<password>>
> You will be prompted to choose a new one.
""",
    "nested-quote": ">> what's the admin pwd on the NAS?\n> it's <<password>>, I think\nworks, thank you",
    "same-as": "The iDRAC on esx07 has the same credentials as the others (root, <<password>>).",
    "changed-from-to": "On request of the auditor the break glass password was changed from <<password:old>> to <<password:new>> on 11 January.",
    "please-try": "Try <<password>> and if that does not let you in I will unlock you.",
    "colon-newline": "The password you asked for:\n\n<<password>>\n\nDelete this mail afterwards please.",
    "equals-note": "teamviewer id = 1 234 567 890, password = <<password>>",
    "zip-pass": "Attached the export. The archive is encrypted with <<password>>.",
    "pdf-pass": "Your payslip is protected. Opening it needs: <<password>>",
    "excel-pass": "sheet protection pw -> <<password>>",
    "otp-mail": "Use <<password>> to sign in for the first time. This temporary password is valid for 72 hours.",
    "helpdesk-form": """Requested for : Lucia Ferri
Item          : Password reset
Performed by  : a.sato
New password  : <<password>>
Expires       : at first logon
""",
    "rdp-line": "mstsc /v:jump01 then CONTOSO\\adm-lferri and <<password>>",
    "runas": "C:\\> net user kiosk <<password>> /add",
    "smb-mount": "mount -t cifs //fs02/scan /mnt/scan -o username=scanner,password=<<password>>,vers=3.0",
    "german-1": "Hallo Frau Krause,\n\nIhr vorl\u00e4ufiges Kennwort ist <<password>> und muss beim ersten Anmelden ge\u00e4ndert werden.\n\nMit freundlichen Gr\u00fc\u00dfen\nIhr IT-Service",
    "german-2": "Zugangsdaten Testsystem\nBenutzer: test_fk\nPW: <<password>>",
    "german-3": "Ich habe das Passwort vom Scanner-Konto auf <<password>> gesetzt.",
    "french-1": "Bonjour Julie,\n\nVoici votre mot de passe provisoire : <<password>>\n\nMerci de le modifier d\u00e8s la premi\u00e8re connexion.",
    "french-2": "Identifiant : c.martin\nMDP : <<password>>",
    "spanish-1": "Hola, la clave temporal de tu usuario es <<password>>. C\u00e1mbiala hoy mismo, por favor.",
    "spanish-2": "Usuario: ventas01\nContrase\u00f1a: <<password>>",
    "portuguese-1": "Segue a senha nova do servidor de arquivos: <<password>>",
    "italian-1": "Le credenziali per il gestionale sono utente magazzino e password <<password>>",
    "dutch-1": "Je nieuwe wachtwoord is <<password>>, wijzig het na het inloggen.",
    "swedish-1": "L\u00f6senordet till skrivaren \u00e4r <<password>>",
    "danish-1": "Adgangskode: <<password>>",
    "norwegian-1": "Passordet er <<password>>",
    "finnish-1": "Salasana: <<password>>",
    "polish-1": "Has\u0142o tymczasowe: <<password>>",
    "czech-1": "Nov\u00e9 heslo je <<password>>",
    "turkish-1": "Yeni \u015fifreniz: <<password>>",
    "russian-1": "\u0412\u0430\u0448 \u043b\u043e\u0433\u0438\u043d: ivanov\n\u0412\u0430\u0448 \u043f\u0430\u0440\u043e\u043b\u044c: <<password>>",
    "japanese-1": "\u521d\u671f\u30d1\u30b9\u30ef\u30fc\u30c9\u306f <<password>> \u3067\u3059\u3002",
    "chinese-1": "\u521d\u59cb\u5bc6\u7801\u4e3a <<password>>\uff0c\u8bf7\u5c3d\u5feb\u4fee\u6539\u3002",
    "korean-1": "\ube44\ubc00\ubc88\ud638: <<password>>",
    # -- engineers ------------------------------------------------------------------------------------------------------
    "az-sp-create": """PS /home/omar> az ad sp create-for-rbac --name deploy-ci
{
  "appId": "{{guid}}",
  "displayName": "deploy-ci",
  "password": "<<entra-secret>>",
  "tenant": "{{guid}}"
}
""",
    "portal-paste": "Description\tExpires\tValue\tSecret ID\nci pipeline\t7/1/2025\t<<entra-secret>>\t{{guid}}",
    "env-file": "AZURE_TENANT_ID={{guid}}\nAZURE_CLIENT_ID={{guid}}\nAZURE_CLIENT_SECRET=<<entra-secret>>\nLOG_LEVEL=info",
    "old-secret": "ClientId {{guid}}\nClientSecret <<oldsecret>>\nTenant contoso.example",
    "appsettings": """{
  "ConnectionStrings": {
    "Main": "Server=tcp:fk-sql.database.windows.net,1433;Initial Catalog=orders;User ID=ordersapp;Password=<<cfg>>;Encrypt=True;"
  },
  "AzureAd": { "ClientId": "{{guid}}", "ClientSecret": "<<entra-secret>>" },
  "Smtp": { "Host": "smtp.fabrikam.example", "User": "relay", "Password": "<<cfg:smtp>>" }
}
""",
    "webconfig": '<configuration><connectionStrings><add name="crm" connectionString="Data Source=crmdb;Initial Catalog=crm;uid=crmapp;pwd=<<cfg>>;" /></connectionStrings></configuration>',
    "terraform": 'variable "admin_password" {\n  default = "<<cfg>>"\n}\n\nresource "azurerm_key_vault" "main" {\n  tenant_id = "{{guid}}"\n}',
    "bicep": "param adminLogin string = 'fkadmin'\nparam adminPassword string = '<<cfg>>'",
    "k8s": "apiVersion: v1\nkind: Secret\nmetadata:\n  name: billing\nstringData:\n  username: billing\n  password: <<cfg>>\n",
    "compose": "services:\n  db:\n    image: postgres:15\n    environment:\n      POSTGRES_PASSWORD: <<cfg>>\n      POSTGRES_DB: crm\n",
    "gha": "      - name: login\n        env:\n          DOCKER_PASSWORD: <<cfg>>\n        run: docker login -u fabrikam --password-stdin",
    "ansible": "ansible_user: svc_ansible\nansible_password: <<cfg>>\nansible_connection: winrm",
    "curl-header": "curl -H 'X-Api-Key: <<hex32>>' https://api.fabrikam.example/v2/orders",
    "curl-bearer": 'curl -s https://graph.microsoft.com/v1.0/me -H "Authorization: Bearer <<jwt>>"',
    "postman": '{"key": "apikey", "value": "<<token>>", "type": "string"}',
    "python": 'import pyodbc\nconn = pyodbc.connect("DRIVER={ODBC Driver 17 for SQL Server};SERVER=fk-sql;DATABASE=hr;UID=hr_app;PWD=<<cfg>>")',
    "python-var": 'smtp_user = "relay@fabrikam.example"\nsmtp_password = "<<cfg>>"\nserver.login(smtp_user, smtp_password)',
    "csharp": 'var credential = new NetworkCredential("svc-crawler", "<<cfg>>", "FABRIKAM");',
    "java-props": "spring.datasource.username=crm\nspring.datasource.password=<<cfg>>\nserver.port=8081",
    "js-const": "const apiKey = '<<token>>';\nconst client = new Client({ apiKey });",
    "powershell-cred": "$cred = New-Object PSCredential('CONTOSO\\svc_sync', (ConvertTo-SecureString '<<cfg>>' -AsPlainText -Force))",
    "storage-conn": "DefaultEndpointsProtocol=https;AccountName=fkinvoices;AccountKey=<<storage-key>>;EndpointSuffix=core.windows.net",
    "storage-portal": "Storage account name\nfkinvoices\nkey1\nKey\n<<storage-key>>\nConnection string\nsee above",
    "sas-link": "The dump is here for a week: https://fkinvoices.blob.core.windows.net/dumps/crm.bak?sp=r&st=2024-01-10T08:00:00Z&se=2024-01-17T16:00:00Z&spr=https&sv=2022-11-02&sr=b&sig=<<sas>>",
    "function-url": "Webhook to call: https://fk-orders.azurewebsites.net/api/NewOrder?code=<<function>>",
    "teams-hook": "alerts go to <<teams-hook>> now",
    "devops-pat": "git clone https://build:<<devops-pat>>@dev.azure.com/fabrikam/erp/_git/erp",
    "github-tok": "export GITHUB_TOKEN=<<github>>",
    "npmrc": "//npm.fabrikam.example/:_authToken=<<npm>>",
    "private-key": "please install this on the gateway\n\n<<private-key>>\n",
    "service-bus": "Endpoint=sb://fk-bus.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=<<service-bus>>",
    "cosmos": "AccountEndpoint=https://fk-cosmos.documents.azure.com:443/;AccountKey=<<cosmos>>;",
    "redis": "fk-cache.redis.cache.windows.net:6380,password=<<redis>>,ssl=True,abortConnect=False",
    "amqp": "broker url amqps://orders:<<url>>@mq.fabrikam.example:5671/prod",
    "bitlocker": "Recovery key for LT-{{n6}}:\n<<bitlocker>>",
    "totp": "scan this if the QR does not work: otpauth://totp/FK:admin?secret=<<totp>>&issuer=FK",
    "jdbc": "jdbc:postgresql://pg01:5432/crm?user=crm&password=<<cfg>>&sslmode=require",
    "ftp-url": "ftp://edi:<<url>>@ftp.fabrikam.example/outbound",
    "basic-header": "Ocp-Apim-Subscription-Key: <<hex32>>\nContent-Type: application/json",
    "vpn-psk": "Phase 1: AES256/SHA256/DH14\nPre-shared key: <<token>>\nPeer 203.0.113.10",
    "snmp": "snmp-server user monitor fk v3 auth sha <<cfg>> priv aes 128 <<cfg:two>>",
    "cisco": "enable secret <<cfg>>\nusername netops privilege 15 password <<cfg:two>>",
    "ldap": "ldapsearch -x -H ldaps://dc01 -D 'cn=svc_ldap,ou=svc,dc=fk' -w '<<cfg>>' -b dc=fk",
    "mysql-cli": "mysql -h db03 -u shop -p'<<cfg>>' shop < fix.sql",
    "sqlcmd": 'sqlcmd -S fk-sql -U batch -P <<cfg>> -Q "select 1"',
    "wget": "wget --user=mirror --password='<<cfg>>' https://repo.fabrikam.example/pkg.tgz",
    "scp-sshpass": "sshpass -p '<<cfg>>' scp out.csv edi@10.1.4.9:/in",
    "htpasswd": "htpasswd -b /etc/nginx/.htpasswd partner <<cfg>>",
    "rest-body": "POST /oauth2/token\n\ngrant_type=client_credentials&client_id={{guid}}&client_secret=<<entra-secret>>&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
    "xml-soap": '<wsse:UsernameToken><wsse:Username>edi</wsse:Username><wsse:Password Type="PasswordText"><<cfg>></wsse:Password></wsse:UsernameToken>',
    "ini": "[smtp]\nhost = mail.fabrikam.example\nuser = alerts\npass = <<cfg>>\n",
    "toml": '[database]\nuser = "shop"\npassword = "<<cfg>>"\n',
    "jira-comment": "h3. Access\n||System||User||Password||\n|Nexus|ci-bot|<<password>>|\n",
    "slack-hook": "bot token xoxb goes into the vault: <<slack>>",
    "databricks-cli": "databricks configure --token\nHost: https://adb-1.azuredatabricks.net\nToken: <<databricks>>",
    "swagger-key": "Your API key has been issued.\n\nAPI key: <<hex32>>\nPlan: Gold\nQuota: 10,000 calls",
    "webhook-secret": "Webhook signing secret\n<<token>>",
    "license-ok": "Anbei der Produktschl\u00fcssel {{part}} f\u00fcr Visio.",
    # -- nothing to find ------------------------------------------------------------------------------------------------
    "no-policy": "From March on, passphrases need 14 characters. The old 90-day rotation ends. Questions? See KB{{n6}}.",
    "no-expiry": "Reminder: the password for your account (j.kim@fabrikam.example) expires in 5 day(s). Press Ctrl+Alt+Del and choose Change a password.",
    "no-never": "We will never ask you for your password by mail or phone. Report such mails with the Phish Alert button (Outlook2019, Outlook365).",
    "no-reset-link": "Someone asked to reset your password. If that was you, follow https://accounts.fabrikam.example/reset/{{url}} within 2 hours.",
    "no-sent-separately": "You will get the password in a text message to your phone ending in 4471.",
    "no-ask": "Could you send me the password for the reporting database? I need it by 3pm, ticket INC{{n10}}.",
    "no-forgot": "I forgot my password and the self service page says error 500121. Laptop is LT-4471-DE, Windows11.",
    "no-vault": "The credentials are in the vault: kv-fk-prod / sql-ordersapp-password. Do not copy them anywhere.",
    "no-kv-ref": '"ClientSecret": "@Microsoft.KeyVault(SecretUri=https://kv-fk-prod.vault.azure.net/secrets/crm/)"',
    "no-placeholder": "Set AZURE_CLIENT_SECRET=<your-client-secret> and DB_PASSWORD=changeme... no, really, choose your own.",
    "no-env-ref": "password: ${DB_PASSWORD}\nclient_secret: $(clientSecret)\napiKey: {{ .Values.apiKey }}",
    "no-stars": "User: admin\nPassword: **********\nServer: fk-sql01",
    "no-code": "def login(user, password):\n    if not verify_password(password, user.password_hash):\n        raise InvalidCredentials()",
    "no-js": "const password = document.getElementById('password').value;\nif (password.length < 12) { showError('Password2Short'); }",
    "no-sql": "ALTER LOGIN [app_writer] WITH PASSWORD = N'$(NewPassword)', CHECK_POLICY = ON;",
    "no-guids": "Application {{guid}} in tenant {{guid}} requested consent, correlation {{guid}}, timestamp 2024-01-16T09:12:44Z.",
    "no-hashes": "sha256 {{sha256}}  fk-agent-4.2.1.msi\nmd5 {{md5}}  fk-agent-4.2.1.msi",
    "no-commit": "commit {{sha1}}\nAuthor: Omar <omar@fabrikam.example>\n    rotate client secret of crm (value in key vault)",
    "no-thumb": "Certificate CN=adfs.fabrikam.example, thumbprint {{sha1}}, valid until 2025-03-01, serial {{n10}}",
    "no-ticket": "INC{{n10}} | P3 | Password sync error on AADC01 | assigned to IAM-L2 | SLA 8h",
    "no-tracking": "Your parcel 1Z{{code}}{{n10}} is on its way. https://track.example/t?c={{url}}",
    "no-newsletter": "View in browser https://click.news.example/?qs={{url}}\nUnsubscribe https://click.news.example/u/?qs={{url}}",
    "no-invoice": "Invoice FK-2024-{{n6}} over EUR 12,480.00 is due on 15.02.2024. IBAN DE02 1203 0000 0000 2020 51, BIC BYLADEM1001.",
    "no-calendar": "Microsoft Teams meeting\nJoin on your computer, mobile app or room device\nMeeting ID: 345 881 204 77\nDownload Teams | Join on the web",
    "no-ci-log": "2024-01-16T09:12:44.1234567Z ##[section]Starting: Login\n2024-01-16T09:12:45.0000000Z Using service connection 'sc-fk-prod'\n2024-01-16T09:12:46.9Z password: ***\n2024-01-16T09:12:49Z digest: sha256:{{sha256}} size: 1785",
    "no-dkim": "DKIM-Signature: v=1; a=rsa-sha256; d=fabrikam.example; s=selector1;\n h=From:Date:Subject; bh={{b64}};\n b={{b64}}",
    "no-pubkey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{{b64}} omar@fk\nThat is my public key for the jump host login.",
    "no-cert": "-----BEGIN CERTIFICATE-----\nMIIC{{b64}}\n{{b64}}\n-----END CERTIFICATE-----\nuse this as trust anchor for the login page",
    "no-versions": "Upgraded Keycloak 21.1.2 -> 23.0.4, OpenSSL 3.0.8-1ubuntu1.4, login-theme v2.7.0-rc1 (build 20240116.3).",
    "no-hr": "Please find attached contract HR-{{n6}} for Ms. O'Neil, starting 1 March 2024, personnel number {{n6}}, room B2-114.",
    "no-phones": "For login problems call +49 89 {{n10}} or +1 (800) 555-0199, option 2, PIN not required.",
    "no-parts": "Ordered: 12x {{part}}, 4x {{part}}, 1x LaserJet-M507dn. User manuals included; no password needed for the web interface.",
    "no-german": "Bitte \u00e4ndern Sie Ihr Kennwort bis Freitag. Das Kennwort muss mindestens 12 Zeichen lang sein. Auftrag {{code}}, Raum A3.012.",
    "no-french": "Votre mot de passe expire dans 7 jours. R\u00e9f\u00e9rence du dossier {{code}}, b\u00e2timent C2.",
    "no-manual": "The default login is documented in chapter 3.4 of the Admin Guide (Rev B2, p. 118). Change the default password immediately.",
    "no-aad-error": "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{{guid}}'. Trace ID: {{guid}}",
    "no-aad-error2": "Sign-in failed with AADSTS50056: Invalid or null password. User j.kim@fabrikam.example, request {{guid}}, IP 203.0.113.24",
    "no-meeting": "Agenda\n10:00 password manager rollout (Omar)\n10:30 MFA fatigue, number matching\n11:00 PAM tool POC - Delinea vs CyberArk",
    "no-survey": "How satisfied are you with the new login page? Survey code {{code}}, closes 31/01/2024.",
    "no-safelink": "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Ffk.example%2Flogin&data=05%7C02%7Cj.kim%40fabrikam.example%7C{{md5}}&sdata={{url}}%3D&reserved=0",
    "no-helpdesk-closed": "Your request 'Password reset for svc_sap' was completed by a.sato at 14:05. The new value was stored in CyberArk safe FK-SAP01.",
    "no-rotation-done": "All secrets of app registration crm-prod ({{guid}}) were rotated today; the new secret ID is {{guid}} and it expires 2025-01-15.",
    "no-yaml": "auth:\n  type: oauth2\n  password_policy: strong\n  token_url: https://login.microsoftonline.com/{{guid}}/oauth2/v2.0/token\n  secret_name: crm-client-secret",
    "no-log-user": "Jan 16 09:12:44 jump01 sshd[2211]: Failed password for invalid user admin from 198.51.100.7 port 51244 ssh2",
    "no-log-user2": "Accepted publickey for deploy from 10.0.4.7 port 51010 ssh2: RSA SHA256:{{b64}}",
    "no-csv": "id,user,last_login,password_last_set\n1001,j.kim,2024-01-15 08:01,2023-11-02 10:44\n1002,o.haddad,2024-01-14 17:32,2023-12-19 09:05",
    "no-feature": "Release notes 4.7: login with passkeys, password strength meter (zxcvbn4), fix for token_refresh2 race, new AuthService3.",
    "no-poem": "Remember the old joke: the password is always on the post-it. Ours is on the whiteboard since Windows95. Cheers, Raj",
    "no-room": "The meeting room login panel shows code E-1042 again. Facilities ticket FM-{{n6}} opened, vendor visit 17.01. 8:30-10:00.",
    "no-image": '<html><body><p>See the screenshot of the login error.</p><img src="data:image/png;base64,iVBORw0KGgo{{b64}}{{b64}}"></body></html>',
    "no-prefs": "Username preferences: firstname.lastname. Password managers allowed: KeePassXC, Bitwarden, 1Password8.",
    "no-cookie-banner": "Set-Cookie: theme=dark; Path=/; session_login=deleted; Max-Age=0",
    "no-totp-talk": "Open the Authenticator app, tap the account and enter the 6-digit code shown, e.g. 123 456. Backup codes are printed at the Service Desk, room 1.204.",
    # -- written after the rules had been mended with the ones above; see docs/mail.md ------------------------------------
    "late-01": "Bonsoir,\n\nLe compte de service est pr\u00eat. Nom : svc-edi-out, mot de passe = <<password>> (merci de le ranger dans le coffre).\n\nPaul",
    "late-02": "quick heads-up: kiosk tablets were re-imaged, local admin is kioskadm with <<password>> on all of them",
    "late-03": "Hi Deb - per our call, your interim login for Workday sandbox:\n\ndeb.stone.ext\n<<password>>\n\nIt will lapse on the 30th.",
    "late-04": "The SFTP team rotated the key but the password stays <<password>> until month end.",
    "late-05": "For the recording: admin console https://10.1.1.5:8443, name 'netops', pass phrase '<<password>>'.",
    "late-06": "I can't get in with <<password>>, did somebody change the root password on pve03?",
    "late-07": "Anmeldung am Terminalserver: TS02\\azubi01, Passwort lautet wie gehabt <<password>>",
    "late-08": "Hallo zusammen, der neue WLAN-Schl\u00fcssel f\u00fcr G\u00e4ste: <<password>>. G\u00fcltig bis 31.3.",
    "late-09": "Ola Ana, segue o acesso ao portal fiscal - login: contabil02 senha: <<password>>",
    "late-10": "Buenas tardes, el usuario del ERP es jlopez y la contrase\u00f1a <<password>> (sin espacios).",
    "late-11": "Gentile cliente, la Sua nuova password: <<password>>\nLa cambi al primo accesso.",
    "late-12": "\u041b\u043e\u0433\u0438\u043d admin, \u043f\u0430\u0440\u043e\u043b\u044c <<password>>",
    "late-13": "\u30ed\u30b0\u30a4\u30f3ID: user77\n\u30d1\u30b9\u30ef\u30fc\u30c9: <<password>>",
    "late-14": "Dobr\u00fd den, p\u0159ihla\u0161ovac\u00ed jm\u00e9no je novakj, heslo <<password>>.",
    "late-15": "Cze\u015b\u0107, has\u0142o do serwera plik\u00f3w to <<password>>",
    "late-16": "Merhaba, ge\u00e7ici \u015fifre: <<password>>",
    "late-17": "Hoi, inloggen kan met gebruiker balie1 en wachtwoord <<password>>.",
    "late-18": "Ticket update #4471\nStatus: Resolved\nResolution notes: Unlocked AD account, PW reset to <<password>>, user informed by phone.",
    "late-19": "Service account creation request SR-99102\nAccount name: svc_biztalk\nInitial password set to: <<password>>\nPassword never expires: Yes\nOwner: Integration team",
    "late-20": "[automated] Your temporary passcode for the guest portal: <<password>>\nDo not reply to this mail.",
    "late-21": "Steve wrote:\n> can't find the admin credentials for the UPS cards\n\nThey're apc / <<password>> on all of them.",
    "late-22": "I left the password on your voicemail but just in case: <<password>>",
    "late-23": "pls use my login while I'm on leave: mwagner, <<password>>. Don't tell IT ;)",
    "late-24": "Conf room PC auto-logon -> user: confroom, pwd: <<password>>, domain: FABRIKAM",
    "late-25": "Username\tmeraki-ops@fabrikam.example\nPassword\t<<password>>\nOrg\tFabrikam EMEA",
    "late-26": "<html><body><table><tr><td>Benutzername:</td><td>praktikant3</td></tr><tr><td>Passwort:</td><td><<password>></td></tr></table></body></html>",
    "late-27": "<html><body><p>Please log in with the following details:<br>ID: <i>FK20331</i><br>One-time password: <code><<password>></code></p></body></html>",
    "late-28": "system;user;password\nSAP PRD;BATCH01;<<password:a>>\nSAP QAS;BATCH02;<<password:b>>\n",
    "late-29": "Server      User        Password\nweb01       deploy      <<password:a>>\nweb02       deploy      <<password:b>>\n",
    "late-30": "* Keycloak admin: admin / <<password:a>>\n* Grafana: admin / <<password:b>>\n* Jenkins: svc-jenkins / <<password:c>>",
    "late-31": "The zip is protected, the pw consists of our company name and the year: <<password>>",
    "late-32": "BIOS supervisor pw on the new batch = <<password>>",
    "late-33": 'Set-ADAccountPassword svc_print -Reset -NewPassword (ConvertTo-SecureString -AsPlainText "<<cfg>>" -Force)',
    "late-34": "New-LocalUser -Name 'helper' -Password (\"<<cfg>>\" | ConvertTo-SecureString -AsPlainText -Force)",
    "late-35": "Connect-ExchangeOnline ... used UserCredential admin@fabrikam.example / <<password>>",
    "late-36": "docker run -d -e MYSQL_ROOT_PASSWORD=<<cfg>> -e MYSQL_DATABASE=crm mysql:8",
    "late-37": "helm install redis bitnami/redis --set auth.password=<<cfg>> -n cache",
    "late-38": "kubectl create secret generic db --from-literal=username=crm --from-literal=password='<<cfg>>'",
    "late-39": "export PGPASSWORD='<<cfg>>'; psql -h pg02 -U crm -f load.sql",
    "late-40": "az sql server update -g rg-crm -n fk-sql --admin-password '<<cfg>>'",
    "late-41": 'az ad app credential reset --id {{guid}}\n{\n  "appId": "{{guid}}",\n  "password": "<<entra-secret>>",\n  "tenant": "{{guid}}"\n}',
    "late-42": "connection.properties\ndb.url=jdbc:sqlserver://fk-sql;databaseName=crm\ndb.user=crm\ndb.pass=<<cfg>>\n",
    "late-43": "$config['smtp_pass'] = '<<cfg>>';\n$config['smtp_user'] = 'relay';",
    "late-44": "define('DB_USER', 'wp');\ndefine('DB_PASSWORD', '<<cfg>>');",
    "late-45": "DATABASES = {'default': {'USER': 'crm', 'PASSWORD': '<<cfg>>', 'HOST': 'pg02'}}",
    "late-46": 'cfg := Config{User: "crm", Password: "<<cfg>>", Host: "pg02"}',
    "late-47": '<add key="SapPassword" value="<<cfg>>" />',
    "late-48": '<user name="edi" password="<<cfg>>" role="partner"/>',
    "late-49": 'bind "cn=svc,dc=fk" credentials <<cfg>>',
    "late-50": "set vpn ipsec site-to-site peer 203.0.113.9 authentication pre-shared-secret <<cfg>>",
    "late-51": "radius-server key <<cfg>>\naaa new-model",
    "late-52": "token=<<token>>&channel=%23ops",
    "late-53": "ApiKey <<token>> is the one for the staging gateway",
    "late-54": "sonar.login=<<token>>\nsonar.projectKey=crm",
    "late-55": "JIRA_API_TOKEN: <<token>>",
    "late-56": "Here is the client secret you asked for: <<entra-secret>> (expires in 6 months)",
    "late-57": "clientId: {{guid}}\nclientSecret: <<oldsecret>>",
    "late-58": "x-functions-key: <<function>>",
    "late-59": "Primary connection string: Endpoint=sb://fk.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey=<<service-bus>>",
    "late-60": "key2\n<<storage-key>>",
    "late-n01": "Please note that the old passcode for room C4 no longer works; ask reception for the new one (open 8:00-17:30).",
    "late-n02": "The audit found that 14 service accounts have a password older than 365 days. List attached (SvcAcc_2024-01.xlsx).",
    "late-n03": "Kind reminder: complete the training 'Password Hygiene 101' (course SEC-0117) by 02/29.",
    "late-n04": "We migrate auth from NTLMv2 to Kerberos5 and disable TLS1.0; logins from Win7 hosts will fail.",
    "late-n05": "User j.kim locked out 3x today, source DC02, event 4740, caller computer LT-0091X.",
    "late-n06": "Your login was approved with number matching (number 47). Device: iPhone14Pro, app 6.8.1.",
    "late-n07": "The admin of the day is Raj (ext 4471), backup operator is Lena (ext 4472), root cause meeting at 3pm in B2-114.",
    "late-n08": "Login script map_drives_v12.ps1 now maps H: and S: for all users in OU=Sales2.",
    "late-n09": "password_hash: $2b$12${{sha1}}\npassword_changed_at: 2024-01-11T09:30:00Z",
    "late-n10": "Operator manual for Press4000 attached. Unlock the cover with key K12 before service.",
    "late-n11": '{"error":"invalid_grant","error_description":"AADSTS50126: Error validating credentials due to invalid username or password.","error_codes":[50126],"trace_id":"{{guid}}"}',
    "late-n12": "PR #4512: rename passwordField2 to secretInput, bump auth-lib to 3.14.1, fix LoginForm.test.tsx",
    "late-n13": "Invitation: Credential rotation review, Thu 18 Jan 14:00 CET, dial-in +49 69 {{n10}}# conference code {{n6}}#",
    "late-n14": "The password box only accepts 20 characters in Firefox115ESR, see BUG-{{n6}}.",
    "late-n15": "As root I ran fsck on /dev/sdb1, 3 inodes fixed, uptime 212d, kernel 5.14.0-362.el9.",
    "late-n16": "Ihr Benutzername lautet vorname.nachname2, das Passwort erhalten Sie per Post (Einschreiben RR{{n10}}DE).",
}
