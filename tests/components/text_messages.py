"""Reads protocol buffers as text with protobuf's own parser, by a short description of their messages."""

from typing import Any

from google.protobuf import (  # type: ignore[import-untyped]
    descriptor_pb2,
    descriptor_pool,
    json_format,
    message_factory,
    text_format,
)

Messages = dict[str, dict[str, Any]]
"""Message to fields, each a type: str, int, bool, another message's name, or a list of one of these if repeated."""

_FIELD = descriptor_pb2.FieldDescriptorProto
_SCALARS = {str: _FIELD.TYPE_STRING, int: _FIELD.TYPE_INT64, bool: _FIELD.TYPE_BOOL}


def parsed(text: str, message: str, messages: Messages) -> dict[str, Any]:
    """`text` as a mapping, numbers as text as protobuf's JSON has them. Raises ParseError."""
    file = descriptor_pb2.FileDescriptorProto(name="test.proto", package="test", syntax="proto3")
    for name, fields in messages.items():
        described = file.message_type.add(name=name)
        for number, (field, kind) in enumerate(fields.items(), start=1):
            _describe(described.field.add(name=field, number=number), kind)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = message_factory.GetMessageClass(pool.FindMessageTypeByName(f"test.{message}"))()
    text_format.Parse(text, found)
    return dict(json_format.MessageToDict(found, preserving_proto_field_name=True))


def _describe(field: Any, kind: Any) -> None:
    field.label = _FIELD.LABEL_REPEATED if isinstance(kind, list) else _FIELD.LABEL_OPTIONAL
    one = kind[0] if isinstance(kind, list) else kind
    field.type = _SCALARS.get(one, _FIELD.TYPE_MESSAGE)
    if field.type == _FIELD.TYPE_MESSAGE:
        field.type_name = f".test.{one}"
