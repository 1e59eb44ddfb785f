package io.walrus.node.request;

import io.walrus.node.part.Now;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;
import io.walrus.protocol.RequestParser;
import java.nio.ByteBuffer;

/// Carries out requests about a topic that this node knows, or has its leader carry them out. Guarded by the node's
/// lock.
public final class TopicRequests {
    private final Puts puts;
    private final SharedCursor cursor;
    private final Fetches fetches;
    private final OfChain chain;
    private final Forwarding forwarding;
    private final Now now;

    /// Those about a topic's chain as a whole, each answered with JSON.
    public record OfChain(StateRequests states, CursorSkips skips, SealRequests seals) {}

    public TopicRequests(
            Puts puts, SharedCursor cursor, Fetches fetches, OfChain chain, Forwarding forwarding, Now now) {
        this.puts = puts;
        this.cursor = cursor;
        this.fetches = fetches;
        this.chain = chain;
        this.forwarding = forwarding;
        this.now = now;
    }

    /// Takes up a request.
    ///
    /// @param request as it was parsed
    /// @param frame its body, of which the payload of a PUT is taken
    /// @return false if the log has no room for it at the moment
    boolean request(RequestParser request, ServedTopic topic, Slot slot, ByteBuffer frame) {
        switch (request.verb()) {
            case PUT -> {
                frame.position(request.payloadFrom());
                if (topic.isLedHere()) {
                    return puts.put(topic, frame, slot, now.ns());
                }
                puts.enqueue(topic, frame, slot, now.ns());
                forwarding.pump(topic);
            }
            case GET -> {
                if (topic.isLedHere()) {
                    cursor.get(topic, slot, now.ns());
                } else {
                    cursor.enqueue(topic, slot, now.ns());
                    forwarding.pump(topic);
                }
            }
            case FETCH -> fetches.fetch(topic, request.segment(), request.offset(), slot);
            case STATE -> chain.states.state(topic, slot);
            case SKIP -> chain.skips.skip(topic, request.segment(), request.offset(), request.isDryRun(), slot);
            case SEAL -> chain.seals.seal(topic, request.isForced(), request.isDryRun(), slot);
            case REGISTER, METRICS, CLUSTER, DRAIN, RESUME, REMOVE, HELP ->
                throw new IllegalArgumentException(request.verb() + " is about no topic");
        }
        return true;
    }

    /// Takes up a request that has been waiting; where the log has no room for it, it waits on.
    ///
    /// @param sinceNs when it came
    void requestAgain(RequestParser request, ServedTopic topic, Slot slot, ByteBuffer frame, long sinceNs) {
        if (!request(request, topic, slot, frame)) {
            puts.enqueue(topic, frame, slot, sinceNs);
        }
    }
}
