"""The message of a mailbox, without the properties that hold its text: mail is read as MIME here."""

from __future__ import annotations

from typing import Final

from azremediate.lab.schema.entity import entity

MESSAGE: Final = entity(
    "message",
    """
    bccRecipients:[recipient] categories:[String] ccRecipients:[recipient] changeKey:String conversationId:String
    createdDateTime:DateTimeOffset from:recipient hasAttachments:Boolean internetMessageId:String isDraft:Boolean
    isRead:Boolean lastModifiedDateTime:DateTimeOffset parentFolderId:String receivedDateTime:DateTimeOffset
    replyTo:[recipient] sender:recipient sentDateTime:DateTimeOffset subject:String toRecipients:[recipient]
    webLink:String
    """,
)
