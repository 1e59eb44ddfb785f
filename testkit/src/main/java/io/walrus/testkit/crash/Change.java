package io.walrus.testkit.crash;

import io.walrus.storage.Cursor;
import java.util.List;

/// One change of one stream, as submitted to the engine and to the model.
sealed interface Change {
    String key();

    record Create(String key) implements Change {}

    record Append(String key, Payload payload, long timestampMs) implements Change {}

    record AppendBatch(String key, List<Payload> payloads, long timestampMs) implements Change {}

    record AppendCursor(String key, String name, Cursor cursor, long timestampMs) implements Change {}

    record SetAttribute(String key, String name, String value) implements Change {}

    record Truncate(String key, long records) implements Change {}

    record Trim(String key, long entry) implements Change {}

    record Delete(String key) implements Change {}
}
