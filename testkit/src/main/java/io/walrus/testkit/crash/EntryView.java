package io.walrus.testkit.crash;

import io.walrus.storage.journal.RecordType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// One entry as a reader sees it, its bytes as a hash.
record EntryView(long timestampMs, int length, long hash) {
    static EntryView of(long timestampMs, ByteBuffer payload) {
        return new EntryView(timestampMs, payload.remaining(), Payload.hash(payload));
    }

    /// The entries in a record.
    static List<EntryView> ofRecord(byte type, long timestampMs, ByteBuffer payload) {
        if (type == RecordType.ENTRY) {
            return List.of(of(timestampMs, payload));
        }
        List<EntryView> entries = new ArrayList<>();
        if (type == RecordType.BATCH) {
            ByteBuffer body = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
            for (int left = body.getInt(); left > 0; left--) {
                int length = body.getInt();
                entries.add(of(timestampMs, body.slice(body.position(), length)));
                body.position(body.position() + length);
            }
        }
        return entries;
    }
}
