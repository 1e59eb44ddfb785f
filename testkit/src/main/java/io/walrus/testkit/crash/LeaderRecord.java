package io.walrus.testkit.crash;

import io.walrus.storage.journal.RecordType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// A change as another engine stored it: what a copy is made from. Written after the format's document, without the
/// engine's own code.
record LeaderRecord(byte type, long timestampMs, ByteBuffer payload) {
    /// The record of a change, or null if that is not one of the stream's records.
    static @Nullable LeaderRecord of(StreamChange change) {
        return switch (change) {
            case StreamChange.Append append ->
                new LeaderRecord(
                        RecordType.ENTRY,
                        append.timestampMs(),
                        ByteBuffer.wrap(append.payload().bytes()));
            case StreamChange.AppendBatch batch ->
                new LeaderRecord(RecordType.BATCH, batch.timestampMs(), payload(batch));
            case StreamChange.AppendCursor cursor ->
                new LeaderRecord(RecordType.CURSOR, cursor.timestampMs(), payload(cursor));
            case StreamChange.Create _,
                    StreamChange.SetAttribute _,
                    StreamChange.Truncate _,
                    StreamChange.Trim _,
                    StreamChange.Delete _ -> null;
        };
    }

    private static ByteBuffer payload(StreamChange.AppendBatch batch) {
        int bytes = Integer.BYTES;
        for (Payload payload : batch.payloads()) {
            bytes += Integer.BYTES + payload.length();
        }
        ByteBuffer record = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(batch.payloads().size());
        for (Payload payload : batch.payloads()) {
            record.putInt(payload.length()).put(payload.bytes());
        }
        return record.flip();
    }

    private static ByteBuffer payload(StreamChange.AppendCursor change) {
        byte[] name = EngineSession.bytes(change.name());
        ByteBuffer record = ByteBuffer.allocate(2 * Long.BYTES + name.length).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(change.cursor().segment())
                .putLong(change.cursor().offset())
                .put(name);
        return record.flip();
    }
}
