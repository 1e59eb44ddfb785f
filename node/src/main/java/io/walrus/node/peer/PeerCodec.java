package io.walrus.node.peer;

import io.walrus.node.peer.PeerMessage.Block;
import io.walrus.node.peer.PeerMessage.Done;
import io.walrus.node.peer.PeerMessage.Empty;
import io.walrus.node.peer.PeerMessage.Failed;
import io.walrus.node.peer.PeerMessage.Get;
import io.walrus.node.peer.PeerMessage.Hello;
import io.walrus.node.peer.PeerMessage.Json;
import io.walrus.node.peer.PeerMessage.Payload;
import io.walrus.node.peer.PeerMessage.Ping;
import io.walrus.node.peer.PeerMessage.Put;
import io.walrus.node.peer.PeerMessage.Read;
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

/// The bytes of messages between nodes: batches of any number of messages, big-endian.
///
/// ```
/// batch    version u8 | message*
/// message  type u8 | fields in the order of its record; bytes and texts as length u32 | bytes
/// block    id u64 | first offset u64 | count u32 | length u32 each | all bytes
/// ```
public final class PeerCodec {
    static final byte VERSION = 1;

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

    private PeerCodec() {}

    /// Appends a message to a batch.
    static void encode(PeerMessage message, Batch batch) {
        switch (message) {
            case Hello(long nodeId, UUID clusterId) ->
                batch.type(HELLO, 3 * Long.BYTES)
                        .putLong(nodeId)
                        .putLong(clusterId.getMostSignificantBits())
                        .putLong(clusterId.getLeastSignificantBits());
            case Ping() -> batch.type(PING, 0);
            case Put(long id, long topicId, long segment, int timeoutMs, ByteBuffer payload) ->
                batch.type(PUT, 3 * Long.BYTES + 2 * Integer.BYTES + payload.remaining())
                        .putLong(id)
                        .putLong(topicId)
                        .putLong(segment)
                        .putInt(timeoutMs)
                        .putInt(payload.remaining())
                        .put(payload.duplicate());
            case Get(long id, long topicId, long segment, int timeoutMs) ->
                batch.type(GET, 3 * Long.BYTES + Integer.BYTES)
                        .putLong(id)
                        .putLong(topicId)
                        .putLong(segment)
                        .putInt(timeoutMs);
            case State(long id, long topicId) ->
                batch.type(STATE, 2 * Long.BYTES).putLong(id).putLong(topicId);
            case Read(long id, long topicId, long segment, long offset) ->
                batch.type(READ, 4 * Long.BYTES)
                        .putLong(id)
                        .putLong(topicId)
                        .putLong(segment)
                        .putLong(offset);
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
            case Block(long id, EntryBlock entries) -> block(batch, id, entries);
            case Sync(long sentNs) -> batch.type(SYNC, Long.BYTES).putLong(sentNs);
            case Synced(long sentNs, long version, List<Long> live) -> {
                ByteBuffer out = batch.type(SYNCED, (2 + live.size()) * Long.BYTES + Integer.BYTES)
                        .putLong(sentNs)
                        .putLong(version)
                        .putInt(live.size());
                live.forEach(out::putLong);
            }
        }
    }

    /// Reads a batch.
    ///
    /// @throws MalformedMessageException if it is none; no message of it is returned then
    public static List<PeerMessage> decode(byte[] batch) throws MalformedMessageException {
        ByteBuffer in = ByteBuffer.wrap(batch);
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
            case HELLO -> new Hello(in.getLong(), new UUID(in.getLong(), in.getLong()));
            case PING -> new Ping();
            case PUT -> new Put(in.getLong(), in.getLong(), in.getLong(), in.getInt(), bytes(in));
            case GET -> new Get(in.getLong(), in.getLong(), in.getLong(), in.getInt());
            case STATE -> new State(in.getLong(), in.getLong());
            case READ -> new Read(in.getLong(), in.getLong(), in.getLong(), in.getLong());
            case DONE -> new Done(in.getLong());
            case PAYLOAD -> new Payload(in.getLong(), bytes(in));
            case JSON -> new Json(in.getLong(), text(in));
            case EMPTY -> new Empty(in.getLong());
            case FAILED -> new Failed(in.getLong(), text(in));
            case STALE -> new Stale(in.getLong());
            case BLOCK -> new Block(in.getLong(), entries(in));
            case SYNC -> new Sync(in.getLong());
            case SYNCED -> new Synced(in.getLong(), in.getLong(), numbers(in));
            default -> throw new MalformedMessageException("unknown message type " + type);
        };
    }

    private static void text(Batch batch, byte type, long id, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        batch.type(type, Long.BYTES + Integer.BYTES + bytes.length)
                .putLong(id)
                .putInt(bytes.length)
                .put(bytes);
    }

    private static void block(Batch batch, long id, EntryBlock entries) {
        ByteBuffer bytes = entries.bytes();
        ByteBuffer out = batch.type(BLOCK, 2 * Long.BYTES + Integer.BYTES * (1 + entries.count()) + bytes.remaining())
                .putLong(id)
                .putLong(entries.firstOffset())
                .putInt(entries.count());
        for (int i = 0; i < entries.count(); i++) {
            out.putInt(entries.length(i));
        }
        out.put(bytes);
    }

    private static ByteBuffer bytes(ByteBuffer in) {
        int length = in.getInt();
        return take(in, length);
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
        return StandardCharsets.UTF_8.decode(bytes(in)).toString();
    }

    private static EntryBlock entries(ByteBuffer in) {
        long first = in.getLong();
        int[] lengths = new int[count(in)];
        long total = 0;
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = in.getInt();
            total += Integer.toUnsignedLong(lengths[i]);
        }
        return new EntryBlock(first, lengths, take(in, total > in.remaining() ? -1 : (int) total));
    }

    private static List<Long> numbers(ByteBuffer in) {
        int count = count(in);
        List<Long> numbers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            numbers.add(in.getLong());
        }
        return numbers;
    }

    /// A count of things of four bytes or more that follow.
    private static int count(ByteBuffer in) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / Integer.BYTES) {
            throw new BufferUnderflowException();
        }
        return count;
    }
}
