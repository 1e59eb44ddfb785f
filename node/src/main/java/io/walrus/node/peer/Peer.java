package io.walrus.node.peer;

import io.walrus.node.peer.PeerMessage.Answer;
import io.walrus.node.peer.PeerMessage.Ask;
import io.walrus.transport.PeerChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Another node of the cluster, and what is under way with it. Guarded by the node's lock.
public final class Peer {
    /// What may be asked and unanswered at a time; beyond it requests wait where they are.
    private static final int MAX_ASKED = 16 << 10;

    private static final long MAX_ASKED_BYTES = 16L << 20;
    private static final int SEND_AT_BYTES = 1 << 20;

    private record Pending(PendingAnswer asked, int bytes, long deadlineNs) {}

    private final long nodeId;
    private final Map<Long, Pending> pending = new LinkedHashMap<>();
    private final SendBuffers buffers;
    private final Batch batch;
    private String address;
    private @Nullable PeerChannel channel;
    private boolean up;
    private boolean silent;
    private long pendingBytes;
    private long nextId = 1;
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

    /// Whether both have said who they are on an open channel.
    public boolean isUp() {
        return up;
    }

    /// Whether the other node has said nothing for as long as a node counts as alive.
    public boolean isSilent() {
        return silent;
    }

    /// Whether one more thing may be asked.
    public boolean takesMore() {
        return up && pending.size() < MAX_ASKED && pendingBytes < MAX_ASKED_BYTES;
    }

    /// Asks something. Only while the peer is up.
    ///
    /// @param bytes what the question holds, for the limit on what is under way
    /// @param deadlineNs when the answer is given up
    public void ask(LongFunction<? extends Ask> question, PendingAnswer asked, int bytes, long deadlineNs) {
        long id = nextId++;
        pending.put(id, new Pending(asked, bytes, deadlineNs));
        pendingBytes += bytes;
        send(question.apply(id));
    }

    /// Says something; it leaves when the lock is released. Lost if the peer isn't up.
    public void send(PeerMessage message) {
        if (up) {
            PeerCodec.encode(message, batch);
            if (batch.size() >= SEND_AT_BYTES) {
                flush(sentNs);
            }
        }
    }

    /// The other node as one that asks something at this moment.
    public ReplyTo asker() {
        return new ReplyTo(this, channel);
    }

    @Nullable
    PeerChannel channel() {
        return channel;
    }

    long receivedNs() {
        return receivedNs;
    }

    long sentNs() {
        return sentNs;
    }

    void received(long nowNs) {
        receivedNs = nowNs;
        silent = false;
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

    void up() {
        up = true;
    }

    void flush(long nowNs) {
        PeerChannel open = channel;
        if (open != null && !batch.isEmpty()) {
            open.send(batch.take(), buffers::give);
            sentNs = nowNs;
        }
    }

    /// The channel is gone, and with it all answers that have not come.
    void down(String reason) {
        channel = null;
        up = false;
        batch.clear();
        List<Pending> lost = new ArrayList<>(pending.values());
        pending.clear();
        pendingBytes = 0;
        lost.forEach(gone -> gone.asked.lost(reason));
    }

    /// Passes an answer on; one that was given up already is dropped.
    void answered(Answer answer) {
        Pending known = pending.remove(answer.id());
        if (known != null) {
            pendingBytes -= known.bytes;
            known.asked.answered(answer);
        }
    }

    void expire(long nowNs) {
        giveUp(one -> nowNs - one.deadlineNs > 0, "node " + nodeId + " did not answer in time");
    }

    /// Nothing has been heard for a while.
    void silent() {
        silent = true;
        giveUp(one -> one.asked.isImpatient(), "node " + nodeId + " says nothing");
    }

    private void giveUp(Predicate<Pending> which, String reason) {
        List<Pending> lost = new ArrayList<>();
        for (Iterator<Pending> all = pending.values().iterator(); all.hasNext(); ) {
            Pending one = all.next();
            if (which.test(one)) {
                all.remove();
                pendingBytes -= one.bytes;
                lost.add(one);
            }
        }
        lost.forEach(gone -> gone.asked.lost(reason));
    }
}
