package io.walrus.testkit.crash;

import io.walrus.storage.engine.Cursor;
import java.util.List;

/// One change of one stream, as submitted to the engine and to the model.
sealed interface StreamChange {
    String key();

    record Create(String key) implements StreamChange {}

    record Append(String key, Payload payload, long timestampMs) implements StreamChange {}

    record AppendBatch(String key, List<Payload> payloads, long timestampMs) implements StreamChange {}

    record AppendCursor(String key, String name, Cursor cursor, long timestampMs) implements StreamChange {}

    record SetAttribute(String key, String name, String value) implements StreamChange {}

    record Truncate(String key, long records) implements StreamChange {}

    record Trim(String key, long entry) implements StreamChange {}

    record Delete(String key) implements StreamChange {}
}
