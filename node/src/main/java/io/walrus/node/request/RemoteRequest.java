package io.walrus.node.request;

import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.ReplyTo;
import io.walrus.node.topic.ReplySink;
import io.walrus.node.topic.Slot;
import io.walrus.node.topic.SlotOwner;
import java.nio.ByteBuffer;

/// A request that another node has passed on to this one, and where its reply goes. Guarded by the node's lock.
final class RemoteRequest implements SlotOwner, ReplySink {
    private final RemoteRequests all;
    private final ReplyTo from;
    private final long id;
    private final PeerMessage.ForLeader request;

    RemoteRequest(RemoteRequests all, ReplyTo from, PeerMessage.ForLeader request) {
        this.all = all;
        this.from = from;
        this.id = request.id();
        this.request = request;
    }

    /// The segment that the other node takes for the open one.
    long segment() {
        return request.segment();
    }

    /// Says that nothing was done.
    void stale() {
        from.answer(new PeerMessage.Stale(id));
    }

    /// The entries of PUTs are limited where they come from, those of GETs by [#mayHold].
    @Override
    public void hold(int bytes) {
        if (request instanceof PeerMessage.Get) {
            from.hold(bytes);
        }
    }

    @Override
    public void expect(int bytes) {}

    @Override
    public boolean mayHold(Slot slot, int bytes) {
        return !(request instanceof PeerMessage.Get get) || all.mayAnswer(from, get, bytes);
    }

    /// The other node has the entry asked for again, with room for it, or takes too little of what it is sent.
    @Override
    public void park(Slot slot, int bytes, Runnable again) {
        if (request instanceof PeerMessage.Get get) {
            all.putOff(from, get, bytes);
        }
    }

    @Override
    public void logged(Slot slot) {
        all.awaitCommit(slot);
    }

    @Override
    public void wake(Slot slot) {
        all.reply(slot, this);
    }

    @Override
    public boolean hasRoom() {
        return true;
    }

    @Override
    public void ok() {
        from.answer(new PeerMessage.Done(id));
    }

    @Override
    public void ok(ByteBuffer payload) {
        from.answer(new PeerMessage.Payload(id, payload));
    }

    @Override
    public void okFetched(long nextOffset, ByteBuffer payload) {
        throw new IllegalStateException("FETCH is not passed on");
    }

    @Override
    public void json(String body) {
        from.answer(new PeerMessage.Json(id, body));
    }

    @Override
    public void empty() {
        from.answer(new PeerMessage.Empty(id));
    }

    @Override
    public void error(String message) {
        from.answer(new PeerMessage.Failed(id, message));
    }
}
