package io.walrus.node.request;

import io.walrus.metadata.Command;
import io.walrus.metadata.Result;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.port.MetadataPort;
import io.walrus.node.port.NodeLock;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;
import io.walrus.node.topic.TopicTable;
import io.walrus.protocol.ErrorTexts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// REGISTER requests under way, by topic. Requests for one topic share a proposal, and are answered once this node can
/// serve the topic. Guarded by the node's lock.
public final class Registrations implements Part {
    private final MetadataPort metadata;
    private final NodeLock lock;
    private final TopicTable topics;
    private final Now now;
    private final int replicationFactor;
    private final long timeoutNs;
    private final Map<String, List<Slot>> waiting = new HashMap<>();

    /// @param replicationFactor how many replicas the segments of new topics get, if there are as many nodes
    /// @param timeoutNs how long a request may take altogether
    public Registrations(
            MetadataPort metadata, NodeLock lock, TopicTable topics, Now now, int replicationFactor, long timeoutNs) {
        this.metadata = metadata;
        this.lock = lock;
        this.topics = topics;
        this.now = now;
        this.replicationFactor = replicationFactor;
        this.timeoutNs = timeoutNs;
    }

    /// Answers once a topic of this name can be written to, which may be at once.
    void register(String topic, Slot slot) {
        if (isServed(topic)) {
            slot.ok();
            return;
        }
        slot.waitingSince(now.ns());
        List<Slot> slots = waiting.get(topic);
        if (slots != null) {
            slots.add(slot);
            return;
        }
        slots = new ArrayList<>();
        slots.add(slot);
        waiting.put(topic, slots);
        metadata.propose(new Command.CreateTopic(topic, replicationFactor), new CreateReply(topic));
    }

    private boolean isServed(String name) {
        ServedTopic topic = topics.find(name);
        return topic != null && !topic.isOpening();
    }

    /// The topic can be served by this node from now on.
    void served(String topic) {
        answer(topic, Slot::ok);
    }

    /// Gives up on topics that are not served in time.
    @Override
    public void tick() {
        for (Iterator<List<Slot>> lists = waiting.values().iterator(); lists.hasNext(); ) {
            List<Slot> slots = lists.next();
            if (now.ns() - slots.getFirst().waitingSinceNs() > timeoutNs) {
                lists.remove();
                slots.forEach(slot -> answer(
                        slot,
                        late -> late.error(
                                ErrorTexts.outcomeUnknown("the topic was not created in time, but may yet be"))));
            }
        }
    }

    private void answer(String topic, Consumer<Slot> reply) {
        List<Slot> slots = waiting.remove(topic);
        if (slots != null) {
            slots.forEach(slot -> answer(slot, reply));
        }
    }

    private static void answer(Slot slot, Consumer<Slot> reply) {
        reply.accept(slot);
        slot.wake();
    }

    private final class CreateReply implements MetadataPort.ProposalReply {
        private final String topic;

        CreateReply(String topic) {
            this.topic = topic;
        }

        @Override
        public void applied(Result result) {
            if (result instanceof Result.Rejected(String reason)) {
                reply(ErrorTexts.notReady("topic " + topic + " was not created: " + reason));
                return;
            }
            // Where this node leads the topic, served() answers once the first segment is open.
            lock.run(() -> {
                if (isServed(topic)) {
                    served(topic);
                }
            });
        }

        @Override
        public void notProposed(String reason) {
            reply(ErrorTexts.notReady("topic " + topic + " was not created: " + reason));
        }

        @Override
        public void unknown(String reason) {
            reply(ErrorTexts.outcomeUnknown("topic " + topic + " may have been created: " + reason));
        }

        private void reply(String error) {
            lock.run(() -> answer(topic, slot -> slot.error(error)));
        }
    }
}
