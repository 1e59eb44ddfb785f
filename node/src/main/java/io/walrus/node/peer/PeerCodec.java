package io.walrus.node.peer;

import io.walrus.metadata.CursorPosition;
import io.walrus.node.peer.PeerMessage.Block;
import io.walrus.node.peer.PeerMessage.Copied;
import io.walrus.node.peer.PeerMessage.CopiesEnd;
import io.walrus.node.peer.PeerMessage.Copy;
import io.walrus.node.peer.PeerMessage.Done;
import io.walrus.node.peer.PeerMessage.Empty;
import io.walrus.node.peer.PeerMessage.Failed;
import io.walrus.node.peer.PeerMessage.Fence;
import io.walrus.node.peer.PeerMessage.Fenced;
import io.walrus.node.peer.PeerMessage.Fill;
import io.walrus.node.peer.PeerMessage.Follows;
import io.walrus.node.peer.PeerMessage.Get;
import io.walrus.node.peer.PeerMessage.Held;
import io.walrus.node.peer.PeerMessage.Hello;
import io.walrus.node.peer.PeerMessage.Holds;
import io.walrus.node.peer.PeerMessage.Json;
import io.walrus.node.peer.PeerMessage.Longer;
import io.walrus.node.peer.PeerMessage.Measure;
import io.walrus.node.peer.PeerMessage.Measured;
import io.walrus.node.peer.PeerMessage.Payload;
import io.walrus.node.peer.PeerMessage.Ping;
import io.walrus.node.peer.PeerMessage.Put;
import io.walrus.node.peer.PeerMessage.Read;
import io.walrus.node.peer.PeerMessage.Skip;
import io.walrus.node.peer.PeerMessage.Stale;
import io.walrus.node.peer.PeerMessage.State;
import io.walrus.node.peer.PeerMessage.Sync;
import io.walrus.node.peer.PeerMessage.Synced;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.zip.CRC32C;

/// The bytes of messages between nodes: batches of any number of messages, big-endian.
///
/// ```
/// batch    version u8 | message*
/// message  type u8 | fields in the order of its record; bytes and texts as length u32 | bytes
/// records  first sequence u64 | count u32 | type u8, timestamp u64, length u32 each | all bytes
///          | CRC32C u32 of all of that
/// list     count u32 | each
/// segment  topic id u64 | number u64
/// length   segment | records u64 | entries u64 | bytes u64 | vouched u8 | cursor
/// cursor   segment u64, 0 for none | offset u64
/// read     id u64 | segment | kind u8 | from u64 | up to u64 | at most bytes u32
/// outcome  kind u8 | records u64
/// held     segment | moves u64
/// ```
///
/// Records are stored as they come, so they carry a checksum: TCP's is too weak to be all that stands between a bad
/// wire and a copy of a sealed segment.
public final class PeerCodec {
    public static final byte VERSION = 5;

    private static final byte HELLO = 1;
    private static final byte PING = 2;
    private static final byte PUT = 3;
    private static final byte GET = 4;
    private static final byte STATE = 5;
    private static final byte READ = 6;
    private static final byte DONE = 7;
    private static final byte PAYLOAD = 8;
    private static final byte JSON = 9;
    private static final byte EMPTY = 10;
    private static final byte FAILED = 11;
    private static final byte STALE = 12;
    private static final byte BLOCK = 13;
    private static final byte SYNC = 14;
    private static final byte SYNCED = 15;
    private static final byte COPY = 16;
    private static final byte COPIES_END = 17;
    private static final byte COPIED = 18;
    private static final byte FOLLOWS = 19;
    private static final byte FENCE = 20;
    private static final byte FENCED = 21;
    private static final byte FILL = 22;
    private static final byte HOLDS = 23;
    private static final byte HELD = 24;
    private static final byte LONGER = 25;
    private static final byte SKIP = 26;
    private static final byte MEASURE = 27;
    private static final byte MEASURED = 28;

    private static final int SEGMENT_BYTES = 2 * Long.BYTES;
    private static final int LENGTH_BYTES = SEGMENT_BYTES + 5 * Long.BYTES + 1;
    private static final int HELD_BYTES = SEGMENT_BYTES + Long.BYTES;
    private static final int OUTCOME_BYTES = 1 + Long.BYTES;
    private static final int REPORT_BYTES = 2 * Long.BYTES + 2;
    private static final int RECORD_BYTES = 1 + Long.BYTES + Integer.BYTES;

    private PeerCodec() {}

    /// Appends a message to a batch.
    static void encode(PeerMessage message, Batch batch) {
        switch (message) {
            case Hello(long nodeId, UUID clusterId, Terms terms) ->
                batch.type(HELLO, 3 * Long.BYTES + 4 * Integer.BYTES)
                        .putLong(nodeId)
                        .putLong(clusterId.getMostSignificantBits())
                        .putLong(clusterId.getLeastSignificantBits())
                        .putInt(terms.maxEntryBytes())
                        .putInt(terms.replicationFactor())
                        .putInt(terms.leaseMs())
                        .putInt(terms.nodeTimeoutMs());
            case Ping() -> batch.type(PING, 0);
            case Put(long id, long topicId, long segment, int timeoutMs, ByteBuffer payload) ->
                batch.type(PUT, 3 * Long.BYTES + 2 * Integer.BYTES + payload.remaining())
                        .putLong(id)
                        .putLong(topicId)
                        .putLong(segment)
                        .putInt(timeoutMs)
                        .putInt(payload.remaining())
                        .put(payload.duplicate());
            case Get(long id, long topicId, long segment, int timeoutMs, int maxBytes, int course) ->
                batch.type(GET, 3 * Long.BYTES + 3 * Integer.BYTES)
                        .putLong(id)
                        .putLong(topicId)
                        .putLong(segment)
                        .putInt(timeoutMs)
                        .putInt(maxBytes)
                        .putInt(course);
            case Skip(long id, long topicId, long segment, int timeoutMs, CursorPosition to, boolean isDryRun) ->
                batch.type(SKIP, 5 * Long.BYTES + Integer.BYTES + 1)
                        .putLong(id)
                        .putLong(topicId)
                        .putLong(segment)
                        .putInt(timeoutMs)
                        .putLong(to.segment())
                        .putLong(to.offset())
                        .put((byte) (isDryRun ? 1 : 0));
            case State(long id, long topicId) ->
                batch.type(STATE, 2 * Long.BYTES).putLong(id).putLong(topicId);
            case Read(long id, SegmentKey segment, ReadKind kind, long from, long upTo, int maxBytes) ->
                segment(
                                batch.type(READ, SEGMENT_BYTES + 3 * Long.BYTES + 1 + Integer.BYTES)
                                        .putLong(id),
                                segment)
                        .put(kind.code())
                        .putLong(from)
                        .putLong(upTo)
                        .putInt(maxBytes);
            case Done(long id) -> batch.type(DONE, Long.BYTES).putLong(id);
            case Payload(long id, ByteBuffer payload) ->
                batch.type(PAYLOAD, Long.BYTES + Integer.BYTES + payload.remaining())
                        .putLong(id)
                        .putInt(payload.remaining())
                        .put(payload.duplicate());
            case Json(long id, String body) -> text(batch, JSON, id, body);
            case Empty(long id) -> batch.type(EMPTY, Long.BYTES).putLong(id);
            case Failed(long id, String text) -> text(batch, FAILED, id, text);
            case Stale(long id) -> batch.type(STALE, Long.BYTES).putLong(id);
            case Longer(long id, int bytes) ->
                batch.type(LONGER, Long.BYTES + Integer.BYTES).putLong(id).putInt(bytes);
            case Block(long id, RecordBlock records) ->
                records(batch.type(BLOCK, Long.BYTES + bytesOf(records)).putLong(id), records);
            case Copy(SegmentKey segment, RecordBlock records) ->
                records(segment(batch.type(COPY, SEGMENT_BYTES + bytesOf(records)), segment), records);
            case CopiesEnd(long number) -> batch.type(COPIES_END, Long.BYTES).putLong(number);
            case Copied(long number, List<CopyOutcome> outcomes) -> {
                ByteBuffer out = batch.type(COPIED, Long.BYTES + Integer.BYTES + outcomes.size() * OUTCOME_BYTES)
                        .putLong(number)
                        .putInt(outcomes.size());
                outcomes.forEach(each -> out.put(each.kind().code()).putLong(each.records()));
            }
            case Follows(SegmentKey segment) -> segment(batch.type(FOLLOWS, SEGMENT_BYTES), segment);
            case Fence(long id, UUID diskId, List<SegmentKey> segments) -> {
                ByteBuffer out = batch.type(FENCE, 3 * Long.BYTES + Integer.BYTES + segments.size() * SEGMENT_BYTES)
                        .putLong(id)
                        .putLong(diskId.getMostSignificantBits())
                        .putLong(diskId.getLeastSignificantBits())
                        .putInt(segments.size());
                segments.forEach(each -> segment(out, each));
            }
            case Fenced(long id, List<CopyLength> copies) -> {
                ByteBuffer out = batch.type(FENCED, Long.BYTES + Integer.BYTES + copies.size() * LENGTH_BYTES)
                        .putLong(id)
                        .putInt(copies.size());
                copies.forEach(each -> length(out, each));
            }
            case Measure(long id, UUID diskId, SegmentKey segment) ->
                segment(
                        batch.type(MEASURE, SEGMENT_BYTES + 3 * Long.BYTES)
                                .putLong(id)
                                .putLong(diskId.getMostSignificantBits())
                                .putLong(diskId.getLeastSignificantBits()),
                        segment);
            case Measured(long id, CopyLength copy) ->
                length(batch.type(MEASURED, Long.BYTES + LENGTH_BYTES).putLong(id), copy);
            case Fill(long id, SegmentKey segment, long upTo, long fromNode) ->
                segment(batch.type(FILL, SEGMENT_BYTES + 3 * Long.BYTES).putLong(id), segment)
                        .putLong(upTo)
                        .putLong(fromNode);
            case Holds(long id, UUID diskId, List<HeldSegment> segments) -> {
                ByteBuffer out = batch.type(HOLDS, 3 * Long.BYTES + Integer.BYTES + segments.size() * HELD_BYTES)
                        .putLong(id)
                        .putLong(diskId.getMostSignificantBits())
                        .putLong(diskId.getLeastSignificantBits())
                        .putInt(segments.size());
                segments.forEach(each -> segment(out, each.segment()).putLong(each.moves()));
            }
            case Held(long id, List<SegmentKey> segments) -> {
                ByteBuffer out = batch.type(HELD, Long.BYTES + Integer.BYTES + segments.size() * SEGMENT_BYTES)
                        .putLong(id)
                        .putInt(segments.size());
                segments.forEach(each -> segment(out, each));
            }
            case Sync(long sentNs, LogHealth health) ->
                batch.type(SYNC, Long.BYTES + 1).putLong(sentNs).put(health.code());
            case Synced(long sentNs, long version, List<NodeReport> nodes) -> {
                ByteBuffer out = batch.type(SYNCED, 2 * Long.BYTES + Integer.BYTES + nodes.size() * REPORT_BYTES)
                        .putLong(sentNs)
                        .putLong(version)
                        .putInt(nodes.size());
                nodes.forEach(each -> out.putLong(each.nodeId())
                        .put(each.health().code())
                        .put((byte) (each.isAlive() ? 1 : 0))
                        .putLong(each.silentMs()));
            }
        }
    }

    /// Reads a batch. Records of a [Copy] are views of the bytes given, as most are stored before these are used
    /// again; all else is a copy.
    ///
    /// @throws MalformedMessageException if it is none; no message of it is returned then
    public static List<PeerMessage> decode(ByteBuffer in) throws MalformedMessageException {
        List<PeerMessage> messages = new ArrayList<>();
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new MalformedMessageException("version " + version + " of the protocol between nodes, this is "
                        + VERSION + ": run one version of Walrus on all nodes");
            }
            while (in.hasRemaining()) {
                messages.add(message(in));
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new MalformedMessageException("a message ends in the middle");
        }
        return messages;
    }

    private static PeerMessage message(ByteBuffer in) throws MalformedMessageException {
        byte type = in.get();
        return switch (type) {
            case HELLO ->
                new Hello(
                        in.getLong(),
                        new UUID(in.getLong(), in.getLong()),
                        new Terms(in.getInt(), in.getInt(), in.getInt(), in.getInt()));
            case PING -> new Ping();
            case PUT -> new Put(in.getLong(), in.getLong(), in.getLong(), in.getInt(), bytes(in));
            case GET -> new Get(in.getLong(), in.getLong(), in.getLong(), in.getInt(), in.getInt(), in.getInt());
            case SKIP ->
                new Skip(
                        in.getLong(),
                        in.getLong(),
                        in.getLong(),
                        in.getInt(),
                        new CursorPosition(in.getLong(), in.getLong()),
                        in.get() != 0);
            case STATE -> new State(in.getLong(), in.getLong());
            case READ ->
                new Read(in.getLong(), segment(in), ReadKind.of(in.get()), in.getLong(), in.getLong(), in.getInt());
            case DONE -> new Done(in.getLong());
            case PAYLOAD -> new Payload(in.getLong(), bytes(in));
            case JSON -> new Json(in.getLong(), text(in));
            case EMPTY -> new Empty(in.getLong());
            case FAILED -> new Failed(in.getLong(), text(in));
            case STALE -> new Stale(in.getLong());
            case LONGER -> new Longer(in.getLong(), in.getInt());
            case BLOCK -> new Block(in.getLong(), records(in).copied());
            case COPY -> new Copy(segment(in), records(in));
            case COPIES_END -> new CopiesEnd(in.getLong());
            case COPIED -> new Copied(in.getLong(), list(in, OUTCOME_BYTES, PeerCodec::outcome));
            case FOLLOWS -> new Follows(segment(in));
            case FENCE ->
                new Fence(
                        in.getLong(),
                        new UUID(in.getLong(), in.getLong()),
                        list(in, SEGMENT_BYTES, PeerCodec::segment));
            case FENCED -> new Fenced(in.getLong(), list(in, LENGTH_BYTES, PeerCodec::length));
            case MEASURE -> new Measure(in.getLong(), new UUID(in.getLong(), in.getLong()), segment(in));
            case MEASURED -> new Measured(in.getLong(), length(in));
            case FILL -> new Fill(in.getLong(), segment(in), in.getLong(), in.getLong());
            case HOLDS ->
                new Holds(
                        in.getLong(),
                        new UUID(in.getLong(), in.getLong()),
                        list(in, HELD_BYTES, each -> new HeldSegment(segment(each), each.getLong())));
            case HELD -> new Held(in.getLong(), list(in, SEGMENT_BYTES, PeerCodec::segment));
            case SYNC -> new Sync(in.getLong(), LogHealth.of(in.get()));
            case SYNCED -> new Synced(in.getLong(), in.getLong(), list(in, REPORT_BYTES, PeerCodec::report));
            default -> throw new MalformedMessageException("unknown message type " + type);
        };
    }

    private static NodeReport report(ByteBuffer in) {
        return new NodeReport(in.getLong(), LogHealth.of(in.get()), in.get() != 0, in.getLong());
    }

    private static void text(Batch batch, byte type, long id, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        batch.type(type, Long.BYTES + Integer.BYTES + bytes.length)
                .putLong(id)
                .putInt(bytes.length)
                .put(bytes);
    }

    private static ByteBuffer bytes(ByteBuffer in) {
        return copy(view(in));
    }

    private static ByteBuffer view(ByteBuffer in) {
        int length = in.getInt();
        return take(in, length);
    }

    /// The same bytes in memory of their own.
    static ByteBuffer copy(ByteBuffer view) {
        return ByteBuffer.allocate(view.remaining()).put(view).flip();
    }

    private static ByteBuffer take(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer taken = in.slice(in.position(), length);
        in.position(in.position() + length);
        return taken;
    }

    private static String text(ByteBuffer in) {
        return StandardCharsets.UTF_8.decode(view(in)).toString();
    }

    private static ByteBuffer segment(ByteBuffer out, SegmentKey segment) {
        return out.putLong(segment.topicId()).putLong(segment.segment());
    }

    private static SegmentKey segment(ByteBuffer in) {
        return new SegmentKey(in.getLong(), in.getLong());
    }

    private static void length(ByteBuffer out, CopyLength copy) {
        CursorPosition cursor = copy.cursor();
        segment(out, copy.segment())
                .putLong(copy.records())
                .putLong(copy.entries())
                .putLong(copy.bytes())
                .put((byte) (copy.vouched() ? 1 : 0))
                .putLong(cursor == null ? 0 : cursor.segment())
                .putLong(cursor == null ? 0 : cursor.offset());
    }

    private static CopyLength length(ByteBuffer in) {
        SegmentKey segment = segment(in);
        long records = in.getLong();
        long entries = in.getLong();
        long bytes = in.getLong();
        boolean vouched = in.get() != 0;
        long cursorSegment = in.getLong();
        long cursorOffset = in.getLong();
        CursorPosition cursor = cursorSegment == 0 ? null : new CursorPosition(cursorSegment, cursorOffset);
        return new CopyLength(segment, records, entries, bytes, vouched, cursor);
    }

    private static CopyOutcome outcome(ByteBuffer in) {
        return new CopyOutcome(CopyOutcome.Kind.of(in.get()), in.getLong());
    }

    private static int bytesOf(RecordBlock records) {
        return Long.BYTES + 2 * Integer.BYTES + records.count() * RECORD_BYTES + records.byteCount();
    }

    private static void records(ByteBuffer out, RecordBlock records) {
        int start = out.position();
        out.putLong(records.first()).putInt(records.count());
        for (int i = 0; i < records.count(); i++) {
            out.put(records.type(i)).putLong(records.timestampMs(i)).putInt(records.length(i));
        }
        out.put(records.bytes());
        out.putInt(checksum(out, start));
    }

    /// Of all from `start` to where the buffer stands.
    private static int checksum(ByteBuffer bytes, int start) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(start, bytes.position() - start));
        return (int) crc.getValue();
    }

    private static RecordBlock records(ByteBuffer in) throws MalformedMessageException {
        int start = in.position();
        long first = in.getLong();
        int count = count(in, RECORD_BYTES);
        byte[] types = new byte[count];
        long[] timestamps = new long[count];
        int[] starts = new int[count + 1];
        for (int i = 0; i < count; i++) {
            types[i] = in.get();
            timestamps[i] = in.getLong();
            int length = in.getInt();
            if (length < 0 || length > in.remaining() - starts[i]) {
                throw new BufferUnderflowException();
            }
            starts[i + 1] = starts[i] + length;
        }
        ByteBuffer bytes = take(in, starts[count]);
        if (checksum(in, start) != in.getInt()) {
            throw new MalformedMessageException("records that were damaged on their way");
        }
        return new RecordBlock(first, types, timestamps, starts, bytes);
    }

    private static <T> List<T> list(ByteBuffer in, int bytesEach, Function<ByteBuffer, T> reader) {
        int count = count(in, bytesEach);
        List<T> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(reader.apply(in));
        }
        return all;
    }

    /// A count of things of so many bytes or more that follow.
    private static int count(ByteBuffer in, int bytesEach) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / bytesEach) {
            throw new BufferUnderflowException();
        }
        return count;
    }
}
