package io.walrus.node.topic;

import io.walrus.protocol.ErrorTexts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The place of one reply: among a connection's replies, or of a request that another node has passed on.
///
/// A slot is filled in by whoever holds the node's lock and emptied by its owner's own thread. `state` is written
/// last and read first, which publishes the other fields.
public final class Slot {
    private enum State {
        FREE,
        /// Waits to be told what happened.
        OPEN,
        /// Has its reply as soon as a record of the log is committed.
        LOGGED,
        READY
    }

    private enum Kind {
        OK,
        PAYLOAD,
        FETCHED,
        JSON,
        EMPTY,
        ERROR
    }

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final String NOT_STORED =
            ErrorTexts.notReady("the topic got another leader before enough nodes had stored it; nothing was done");
    private static final String UNKNOWN =
            ErrorTexts.outcomeUnknown("not enough nodes have confirmed that they stored it");

    /// What a request that waits counts as in its session, so that only so many wait. It is asked again, for the
    /// entry's length, before the entry is held.
    private static final int EXPECTED_BYTES = 64 << 10;

    private volatile State state = State.FREE;
    private Kind kind = Kind.OK;
    private ByteBuffer payload = NOTHING;
    private int countedBytes;
    private int expectedBytes;
    private long position;
    private boolean isParked;
    private long parkedSinceNs;
    private String text = "";
    private long nextOffset;
    private @Nullable LedSegment segment;
    private long sequence;
    private long waitingSinceNs;
    private long arrivedNs;

    private final SlotOwner owner;

    Slot(SlotOwner owner) {
        this.owner = owner;
    }

    /// A slot that stands by itself; it is open.
    public static Slot openFor(SlotOwner owner) {
        Slot slot = new Slot(owner);
        slot.open();
        return slot;
    }

    public SlotOwner owner() {
        return owner;
    }

    void open() {
        state = State.OPEN;
    }

    void open(long at) {
        position = at;
        open();
    }

    /// When the request began to wait for something other than the log.
    public long waitingSinceNs() {
        return waitingSinceNs;
    }

    public void waitingSince(long nowNs) {
        waitingSinceNs = nowNs;
    }

    /// When the request came to this node.
    public long arrivedNs() {
        return arrivedNs;
    }

    public void arrived(long nowNs) {
        arrivedNs = nowNs;
    }

    public boolean isOpen() {
        return state == State.OPEN;
    }

    /// Whether the reply is known and waits for nothing.
    public boolean isReady() {
        return state == State.READY;
    }

    public void ok() {
        kind = Kind.OK;
        hold(NOTHING);
        state = State.READY;
    }

    /// The reply is `OK` once the record is committed.
    public void okOnceCommitted(LedSegment in, long recordSequence) {
        kind = Kind.OK;
        hold(NOTHING);
        logged(in, recordSequence);
    }

    private void logged(LedSegment in, long recordSequence) {
        segment = in;
        sequence = recordSequence;
        state = State.LOGGED;
        owner.logged(this);
    }

    /// The segment whose commit a logged slot waits for.
    public LedSegment awaits() {
        return Objects.requireNonNull(segment, "the slot waits for no commit");
    }

    /// Keeps a payload, to be stored or to be sent; the slot stays open.
    public void hold(ByteBuffer bytes) {
        count(bytes.remaining());
        payload = bytes;
    }

    /// Counts an entry that is yet to be read, so that of one session only so many wait for the disk or for a commit.
    public void expectPayload() {
        expect(EXPECTED_BYTES);
    }

    /// Whether a reply of so many bytes may be held now. If not, the request is to be parked before it has done
    /// anything.
    public boolean mayHold(int bytes) {
        return bytes <= countedBytes || owner.mayHold(this, bytes - countedBytes);
    }

    /// Counts a payload of at most so many bytes as held, before it comes from another node.
    public void reserve(int bytes) {
        count(bytes);
    }

    /// Has the request begin anew once a reply of so many bytes may be held.
    ///
    /// @param nowNs when it was found that it may not
    public void park(int bytes, long nowNs, Runnable again) {
        if (!isParked) {
            isParked = true;
            parkedSinceNs = nowNs;
        }
        hold(NOTHING);
        owner.park(this, bytes, again);
    }

    /// When it was first found that the reply may not be held.
    long parkedSinceNs() {
        return parkedSinceNs;
    }

    /// Where among its owner's requests it is.
    long position() {
        return position;
    }

    /// Lets go of what is held; the slot stays open.
    public void letGo() {
        hold(NOTHING);
    }

    private void count(int bytes) {
        if (bytes != countedBytes) {
            owner.hold(bytes - countedBytes);
            countedBytes = bytes;
        }
        expect(0);
    }

    private void expect(int bytes) {
        if (bytes != expectedBytes) {
            owner.expect(bytes - expectedBytes);
            expectedBytes = bytes;
        }
    }

    public ByteBuffer held() {
        return payload;
    }

    /// The reply is the payload held once the record is committed.
    public void payloadOnceCommitted(LedSegment in, long recordSequence) {
        kind = Kind.PAYLOAD;
        logged(in, recordSequence);
    }

    public void payload(ByteBuffer bytes) {
        kind = Kind.PAYLOAD;
        hold(bytes);
        state = State.READY;
    }

    public void fetched(long next, ByteBuffer bytes) {
        kind = Kind.FETCHED;
        nextOffset = next;
        hold(bytes);
        state = State.READY;
    }

    /// The reply is this JSON once the record is committed.
    public void jsonOnceCommitted(LedSegment in, long recordSequence, String body) {
        kind = Kind.JSON;
        count(body.length());
        text = body;
        logged(in, recordSequence);
    }

    public void json(String body) {
        kind = Kind.JSON;
        count(body.length());
        text = body;
        state = State.READY;
    }

    public void text(String body) {
        payload(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
    }

    public void empty() {
        kind = Kind.EMPTY;
        hold(NOTHING);
        state = State.READY;
    }

    public void error(String message) {
        kind = Kind.ERROR;
        hold(NOTHING);
        text = message;
        state = State.READY;
    }

    /// As [#error], for a request that has been waiting.
    public void refuse(String message) {
        error(message);
        wake();
    }

    /// Tells the owner that a request which had to wait was answered or logged.
    public void wake() {
        owner.wake(this);
    }

    /// Hands the reply over if there is one by now, and frees the slot.
    ///
    /// @param logFailure why nothing more will be committed, or null while the log is well
    /// @return false if the reply isn't known yet
    public boolean deliver(ReplySink sink, @Nullable String logFailure) {
        switch (state) {
            case FREE, OPEN -> {
                return false;
            }
            case LOGGED -> {
                if (!isSettled(logFailure)) {
                    return false;
                }
            }
            case READY -> {}
        }
        switch (kind) {
            case OK -> sink.ok();
            case PAYLOAD -> sink.ok(payload.duplicate());
            case FETCHED -> sink.okFetched(nextOffset, payload.duplicate());
            case JSON -> sink.json(text);
            case EMPTY -> sink.empty();
            case ERROR -> sink.error(text);
        }
        free();
        return true;
    }

    private boolean isSettled(@Nullable String logFailure) {
        switch (awaits().fate(sequence)) {
            case PENDING -> {
                if (logFailure == null) {
                    return false;
                }
                text = logFailure;
            }
            case COMMITTED -> {
                return true;
            }
            case NOT_STORED -> text = NOT_STORED;
            case UNKNOWN -> text = UNKNOWN;
        }
        kind = Kind.ERROR;
        return true;
    }

    private void free() {
        hold(NOTHING);
        text = "";
        isParked = false;
        segment = null;
        state = State.FREE;
    }
}
