package io.walrus.node.peer;

import io.walrus.node.peer.PeerMessage.Answer;
import io.walrus.node.peer.PeerMessage.Request;
import io.walrus.transport.PeerChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Another node of the cluster, and what is under way with it. Guarded by the node's lock.
public final class Peer {
    /// What may be asked and unanswered at a time; beyond it requests wait where they are.
    private static final int MAX_PENDING = 16 << 10;

    private static final long MAX_PENDING_BYTES = 16L << 20;
    private static final int SEND_AT_BYTES = 1 << 20;

    /// Bytes of answers that are made, and of messages that wait to leave, above which no more answers are made.
    private static final long MAX_UNSENT_BYTES = 16L << 20;

    /// Bytes that may be asked for in reads at a time.
    private static final long MAX_READ_BYTES = 16L << 20;

    private record Pending(PendingAnswer answer, int bytes, int readBytes, long deadlineNs) {}

    private final long nodeId;
    private final Map<Long, Pending> pending = new LinkedHashMap<>();
    private final SendBuffers buffers;
    private final Batch batch;
    private String address;
    private @Nullable PeerChannel channel;
    private boolean connected;
    private boolean alive = true;
    private long pendingBytes;
    private long pendingReadBytes;
    private long answerBytes;
    /// Counted down where the messages leave.
    private final AtomicLong unsentBytes = new AtomicLong();

    private final Consumer<ByteBuffer> whenSent = this::sent;
    private long nextId = 1;
    private @Nullable Terms terms;
    private long receivedNs;
    private boolean heard;
    private long heardNs;
    private long sentNs;

    Peer(long nodeId, String address, SendBuffers buffers) {
        this.nodeId = nodeId;
        this.buffers = buffers;
        this.batch = new Batch(buffers);
        this.address = address;
    }

    public long nodeId() {
        return nodeId;
    }

    /// Where the other node takes connections of nodes, `host:port`.
    String address() {
        return address;
    }

    void address(String now) {
        address = now;
    }

    /// The largest entry that the other node's log takes, as it said last; 0 before it has said so.
    public int maxEntryBytes() {
        Terms known = terms;
        return known == null ? 0 : known.maxEntryBytes();
    }

    /// What the other node said of itself last; null before it has.
    @Nullable
    Terms terms() {
        return terms;
    }

    void terms(Terms said) {
        terms = said;
    }

    /// Whether both have said who they are on an open channel.
    public boolean isConnected() {
        return connected;
    }

    /// Whether the other node has said something on its channel less than the node timeout ago.
    public boolean isAlive() {
        return alive;
    }

    /// How many nanoseconds ago something last came in, or a channel was opened.
    long silentFor(long nowNs) {
        return nowNs - receivedNs;
    }

    /// Whether one more thing may be asked.
    public boolean takesMore() {
        return connected && pending.size() < MAX_PENDING && pendingBytes < MAX_PENDING_BYTES;
    }

    /// Asks something. Only while the peer is connected.
    ///
    /// @param bytes what the question holds, for the limit on what is under way
    /// @param deadlineNs when the answer is given up
    public void ask(LongFunction<? extends Request> question, PendingAnswer answer, int bytes, long deadlineNs) {
        ask(question, new Pending(answer, bytes, 0, deadlineNs));
    }

    /// Whether one more read may be asked for.
    ///
    /// @param bytes that may come of it
    public boolean takesRead(int bytes) {
        return takesMore() && (pendingReadBytes == 0 || pendingReadBytes + bytes <= MAX_READ_BYTES);
    }

    /// Asks for a read. Only while the peer is connected.
    ///
    /// @param bytes that may come of it
    public void askRead(LongFunction<? extends Request> question, PendingAnswer answer, int bytes, long deadlineNs) {
        ask(question, new Pending(answer, 0, bytes, deadlineNs));
    }

    private void ask(LongFunction<? extends Request> question, Pending asked) {
        long id = nextId++;
        pending.put(id, asked);
        pendingBytes += asked.bytes;
        pendingReadBytes += asked.readBytes;
        send(question.apply(id));
    }

    private void over(Pending asked) {
        pendingBytes -= asked.bytes;
        pendingReadBytes -= asked.readBytes;
    }

    /// Whether more may be answered: the other node takes what it is sent.
    boolean takesAnswers() {
        return answerBytes + unsentBytes.get() < MAX_UNSENT_BYTES;
    }

    /// Counts answers that are yet to be sent; negative once they are.
    void holdAnswers(int bytes) {
        answerBytes += bytes;
    }

    /// Says something; it leaves when the lock is released. Lost if the peer isn't connected.
    public void send(PeerMessage message) {
        if (connected) {
            PeerCodec.encode(message, batch);
            if (batch.size() >= SEND_AT_BYTES) {
                flush(sentNs);
            }
        }
    }

    /// Where an answer to what the other node asks at this moment goes.
    public ReplyTo replyTo() {
        return new ReplyTo(this, channel);
    }

    @Nullable
    PeerChannel channel() {
        return channel;
    }

    long sentNs() {
        return sentNs;
    }

    void received(long nowNs) {
        receivedNs = nowNs;
        alive = true;
    }

    void heard(long nowNs) {
        received(nowNs);
        heardNs = nowNs;
        heard = true;
    }

    /// Whether the other node has ever said something.
    public boolean wasHeard() {
        return heard;
    }

    /// When the other node last said something. This node may not have listened since.
    public long heardNs() {
        return heardNs;
    }

    void connecting(PeerChannel opened, long nowNs) {
        channel = opened;
        received(nowNs);
        sentNs = nowNs;
    }

    void connected() {
        connected = true;
    }

    void flush(long nowNs) {
        PeerChannel open = channel;
        if (open != null && !batch.isEmpty()) {
            ByteBuffer messages = batch.take();
            unsentBytes.addAndGet(messages.limit());
            open.send(messages, whenSent);
            sentNs = nowNs;
        }
    }

    private void sent(ByteBuffer messages) {
        unsentBytes.addAndGet(-messages.limit());
        buffers.give(messages);
    }

    /// The channel is gone, and with it all answers that have not come.
    void disconnected(String reason) {
        channel = null;
        connected = false;
        batch.clear();
        List<Pending> lost = new ArrayList<>(pending.values());
        pending.clear();
        pendingBytes = 0;
        pendingReadBytes = 0;
        lost.forEach(gone -> gone.answer.lost(reason));
    }

    /// Passes an answer on; one that was given up already is dropped.
    void answered(Answer answer) {
        Pending known = pending.remove(answer.id());
        if (known != null) {
            over(known);
            known.answer.answered(answer);
        }
    }

    void expire(long nowNs) {
        giveUp(one -> nowNs - one.deadlineNs > 0, "node " + nodeId + " did not answer in time");
    }

    /// Nothing has come in for as long as a node counts as alive.
    void notAlive() {
        alive = false;
        giveUp(one -> one.answer.isImpatient(), "node " + nodeId + " says nothing");
    }

    /// The other node speaks, but can't do its work at present.
    public void unfit() {
        giveUp(one -> one.answer.isOvertaken(), "node " + nodeId + " is of no use at present");
    }

    private void giveUp(Predicate<Pending> which, String reason) {
        List<Pending> lost = new ArrayList<>();
        for (Iterator<Pending> all = pending.values().iterator(); all.hasNext(); ) {
            Pending one = all.next();
            if (which.test(one)) {
                all.remove();
                over(one);
                lost.add(one);
            }
        }
        lost.forEach(gone -> gone.answer.lost(reason));
    }
}
