package io.walrus.node.request;

import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Session;
import io.walrus.node.topic.Slot;
import io.walrus.node.topic.TopicTable;
import io.walrus.protocol.ErrorTexts;
import io.walrus.protocol.Help;
import io.walrus.protocol.RequestParser;
import java.nio.ByteBuffer;

/// Takes up clients' requests. Guarded by the node's lock.
public final class Requests {
    private final TopicTable topics;
    private final TopicRequests topicRequests;
    private final EarlyRequests early;
    private final Registrations registrations;
    private final NodeCommands nodes;
    private final NodeMetrics metrics;
    private final RequestParser parser = new RequestParser();

    public Requests(
            TopicTable topics,
            TopicRequests topicRequests,
            EarlyRequests early,
            Registrations registrations,
            NodeCommands nodes,
            NodeMetrics metrics) {
        this.topics = topics;
        this.topicRequests = topicRequests;
        this.early = early;
        this.registrations = registrations;
        this.nodes = nodes;
        this.metrics = metrics;
    }

    /// Takes up one request; its reply goes to the session's next slot, now or later.
    ///
    /// @param frame the body of the request; its content is not used after the call
    /// @return false if the log has no room for it at the moment: nothing happened, and it has to be given again
    public boolean request(Session session, ByteBuffer frame) {
        Slot slot = session.add();
        String error = parser.parse(frame);
        if (error != null) {
            slot.error(error);
            return true;
        }
        switch (parser.verb()) {
            case REGISTER -> registrations.register(parser.topic(), slot);
            case METRICS -> metrics.metrics(slot);
            case CLUSTER -> nodes.cluster(slot);
            case DRAIN -> nodes.drain(parser.node(), parser.isForced(), slot);
            case RESUME -> nodes.resume(parser.node(), slot);
            case REMOVE -> nodes.remove(parser.node(), slot);
            case HELP -> slot.text(Help.TEXT);
            case PUT, GET, FETCH, SKIP, SEAL, STATE -> {
                if (!aboutTopic(slot, frame)) {
                    session.removeLast();
                    return false;
                }
            }
        }
        return true;
    }

    private boolean aboutTopic(Slot slot, ByteBuffer frame) {
        ServedTopic topic = topics.find(frame, parser.topicFrom(), parser.topicBytes());
        if (early.takes(parser, topic, slot, frame)) {
            return true;
        }
        if (topic == null) {
            slot.error(ErrorTexts.unknownTopic(parser.topic()));
            return true;
        }
        if (!topicRequests.request(parser, topic, slot, frame)) {
            return false;
        }
        topics.markPending(topic);
        return true;
    }
}
