package io.walrus.node.request;

import io.walrus.node.membership.Heartbeats;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.ServedTopic.Phase;
import io.walrus.node.topic.Session;
import io.walrus.node.topic.Slot;
import io.walrus.node.topic.TopicTable;
import io.walrus.node.topic.UnknownTopicRequests;
import io.walrus.protocol.ErrorTexts;
import io.walrus.protocol.Help;
import io.walrus.protocol.RequestParser;
import io.walrus.protocol.Verb;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Takes up clients' requests: has them carried out here, or by the topic's leader, or lets them wait until it is known
/// whether what they are about is there. Guarded by the node's lock.
public final class Requests {
    /// Those who carry requests out.
    ///
    /// @param sealIfFull is told of a topic to which an entry was appended
    /// @param isServed whether a topic of that name is there and can be written to
    public record Parts(
            Heartbeats membership,
            Forwarding forwarding,
            StateRequests states,
            Puts puts,
            SharedCursor cursor,
            Fetches fetches,
            Registrations registrations,
            NodeCommands nodes,
            Reports reports,
            Supplier<NodeFigures> figures,
            Consumer<ServedTopic> sealIfFull,
            Predicate<String> isServed) {}

    private final long requestTimeoutNs;
    private final TopicTable topics;
    private final Parts parts;
    private final RequestParser parser = new RequestParser();
    private final UnknownTopicRequests unconfirmed = new UnknownTopicRequests();
    private long nowMs;
    private long nowNs;

    public Requests(long requestTimeoutNs, TopicTable topics, Parts parts) {
        this.requestTimeoutNs = requestTimeoutNs;
        this.topics = topics;
        this.parts = parts;
    }

    /// What time it is. Told whenever the lock was taken.
    public void at(long ms, long ns) {
        nowMs = ms;
        nowNs = ns;
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
        Verb verb = parser.verb();
        switch (verb) {
            case REGISTER -> register(slot);
            case METRICS -> slot.json(parts.reports().metrics(parts.figures().get()));
            case CLUSTER -> slot.json(parts.reports().cluster(parts.nodes().view()));
            case DRAIN, RESUME, REMOVE -> parts.nodes().ask(verb, parser.node(), slot);
            case HELP -> slot.text(Help.TEXT);
            case PUT, GET, FETCH, STATE -> {
                ServedTopic topic = topics.find(frame, parser.topicFrom(), parser.topicBytes());
                if (isAhead(topic) && !parts.membership().knewAll(nowNs)) {
                    unconfirmed.add(slot, frame, nowNs);
                    parts.membership().ask(nowNs);
                } else if (topic == null) {
                    slot.error(ErrorTexts.unknownTopic(parser.topic()));
                } else if (!request(verb, topic, slot, frame)) {
                    session.removeLast();
                    return false;
                }
            }
        }
        return true;
    }

    /// Takes up a request for a topic this node knows.
    ///
    /// @return false if the log has no room for it at the moment
    private boolean request(Verb verb, ServedTopic topic, Slot slot, ByteBuffer frame) {
        boolean led = topic.phase() != Phase.UNLED;
        switch (verb) {
            case PUT -> {
                frame.position(parser.payloadFrom());
                if (!led) {
                    parts.forwarding().put(topic, frame, slot);
                } else if (!put(topic, frame, slot, nowNs)) {
                    return false;
                }
            }
            case GET -> {
                if (led) {
                    parts.cursor().get(topic, slot, nowNs);
                } else {
                    parts.forwarding().get(topic, slot);
                }
            }
            case FETCH ->
                parts.fetches().fetch(topic, parser.segment(), parser.offset(), slot, nowNs + requestTimeoutNs);
            case STATE -> parts.states().asked(topic, slot);
            case REGISTER, METRICS, CLUSTER, DRAIN, RESUME, REMOVE, HELP ->
                throw new IllegalArgumentException(verb + " is about no topic");
        }
        topics.markPending(topic);
        return true;
    }

    /// Appends an entry to a topic this node leads.
    ///
    /// @param sinceNs when it came to the first node
    /// @return false if the log has no room for it at the moment
    public boolean put(ServedTopic topic, ByteBuffer payload, Slot slot, long sinceNs) {
        boolean taken = parts.puts().put(topic, payload, slot, nowMs, nowNs, sinceNs);
        parts.sealIfFull().accept(topic);
        return taken;
    }

    /// Whether the request parsed last is about what this node has not heard of: it may not be there, or be new.
    private boolean isAhead(@Nullable ServedTopic topic) {
        return topic == null
                || (parser.verb() == Verb.FETCH
                        && parser.segment() > topic.open().number());
    }

    /// Takes up again what was about something this node had not heard of, once it knows all that was decided before.
    public void retryUnconfirmed() {
        if (unconfirmed.isEmpty()) {
            return;
        }
        for (UnknownTopicRequests.Held held : unconfirmed.take()) {
            ByteBuffer frame = held.frame();
            parser.parse(frame);
            ServedTopic topic = topics.find(frame, parser.topicFrom(), parser.topicBytes());
            boolean confirmed = !isAhead(topic) || parts.membership().knewAll(held.sinceNs());
            if (confirmed && topic != null) {
                requestAgain(held, topic);
            } else if (confirmed) {
                held.slot().refuse(ErrorTexts.unknownTopic(parser.topic()));
            } else if (nowNs - held.sinceNs() > requestTimeoutNs) {
                held.slot()
                        .refuse(ErrorTexts.notReady("this node has not heard of all of topic " + parser.topic()
                                + ", and the leader of the metadata can't be asked about it"));
            } else {
                unconfirmed.keep(held);
            }
        }
    }

    private void requestAgain(UnknownTopicRequests.Held held, ServedTopic topic) {
        Slot slot = held.slot();
        slot.letGo();
        if (!request(parser.verb(), topic, slot, held.frame())) {
            slot.waitingSince(held.sinceNs());
            Puts.enqueue(topic, held.frame(), slot);
            topics.markPending(topic);
        }
        if (!slot.isOpen()) {
            slot.wake();
        }
    }

    private void register(Slot slot) {
        String name = parser.topic();
        if (parts.isServed().test(name)) {
            slot.ok();
        } else {
            parts.registrations().register(name, slot, nowNs);
        }
    }
}
