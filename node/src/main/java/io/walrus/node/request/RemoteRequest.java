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
    private final long segment;

    /// @param segment the one the other node takes for the open one
    RemoteRequest(RemoteRequests all, ReplyTo from, long id, long segment) {
        this.all = all;
        this.from = from;
        this.id = id;
        this.segment = segment;
    }

    long segment() {
        return segment;
    }

    /// Says that nothing was done.
    void stale() {
        from.answer(new PeerMessage.Stale(id));
    }

    /// What may be under way is limited where it comes from.
    @Override
    public void hold(int bytes) {}

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
