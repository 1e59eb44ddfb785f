package io.walrus.node.request;

import io.walrus.node.membership.Heartbeats;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;
import io.walrus.node.topic.TopicTable;
import io.walrus.node.topic.UnknownTopicRequests;
import io.walrus.protocol.ErrorTexts;
import io.walrus.protocol.RequestParser;
import io.walrus.protocol.Verb;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Requests about topics and segments that may have come before the metadata that goes with them: they are taken up
/// once this node knows all that was decided before they came. Guarded by the node's lock.
public final class EarlyRequests implements Part {
    private final TopicTable topics;
    private final Heartbeats heartbeats;
    private final TopicRequests requests;
    private final Now now;
    private final long timeoutNs;
    private final RequestParser parser = new RequestParser();
    private final UnknownTopicRequests waiting = new UnknownTopicRequests();

    /// @param timeoutNs how long a request may wait
    public EarlyRequests(TopicTable topics, Heartbeats heartbeats, TopicRequests requests, Now now, long timeoutNs) {
        this.topics = topics;
        this.heartbeats = heartbeats;
        this.requests = requests;
        this.now = now;
        this.timeoutNs = timeoutNs;
    }

    /// Lets a request wait if it may be early.
    ///
    /// @param topic what it is about, or null if this node knows no such topic
    /// @return whether it waits
    boolean takes(RequestParser request, @Nullable ServedTopic topic, Slot slot, ByteBuffer frame) {
        if (!isAhead(request, topic) || heartbeats.knewAll(now.ns())) {
            return false;
        }
        waiting.add(slot, frame, now.ns());
        heartbeats.ask();
        return true;
    }

    /// Whether a request is about what this node has not heard of: it may not be there, or be new.
    private static boolean isAhead(RequestParser request, @Nullable ServedTopic topic) {
        return topic == null
                || ((request.verb() == Verb.FETCH || request.verb() == Verb.SKIP)
                        && request.segment() > topic.open().number());
    }

    @Override
    public void tick() {
        retry();
    }

    @Override
    public void followed() {
        retry();
    }

    /// Takes up again what waits, as far as this node knows by now what was decided before it came.
    public void retry() {
        if (waiting.isEmpty()) {
            return;
        }
        for (UnknownTopicRequests.Held held : waiting.take()) {
            ByteBuffer frame = held.frame();
            parser.parse(frame);
            ServedTopic topic = topics.find(frame, parser.topicFrom(), parser.topicBytes());
            boolean isDecided = !isAhead(parser, topic) || heartbeats.knewAll(held.sinceNs());
            if (isDecided && topic != null) {
                carryOut(held, topic);
            } else if (isDecided) {
                held.slot().refuse(ErrorTexts.unknownTopic(parser.topic()));
            } else if (now.ns() - held.sinceNs() > timeoutNs) {
                held.slot()
                        .refuse(ErrorTexts.notReady("this node has not heard of all of topic " + parser.topic()
                                + ", and the leader of the metadata can't be asked about it"));
            } else {
                waiting.keep(held);
            }
        }
    }

    private void carryOut(UnknownTopicRequests.Held held, ServedTopic topic) {
        Slot slot = held.slot();
        slot.letGo();
        requests.requestAgain(parser, topic, slot, held.frame(), held.sinceNs());
        topics.markPending(topic);
        if (!slot.isOpen()) {
            slot.wake();
        }
    }
}
