package io.walrus.node.request;

import io.walrus.metadata.Command;
import io.walrus.metadata.Result;
import io.walrus.node.port.MetadataPort;
import io.walrus.node.port.NodeLock;
import io.walrus.node.topic.Slot;
import io.walrus.protocol.ErrorTexts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// REGISTER requests under way, by topic. Requests for one topic share a proposal, and are answered once this node can
/// serve the topic. Guarded by the node's lock.
public final class Registrations {
    private final MetadataPort metadata;
    private final NodeLock lock;
    private final Predicate<String> isServed;
    private final int replicationFactor;
    private final Map<String, List<Slot>> waiting = new HashMap<>();

    /// Makes an empty set.
    ///
    /// @param isServed whether requests for the topic can be taken
    public Registrations(MetadataPort metadata, NodeLock lock, int replicationFactor, Predicate<String> isServed) {
        this.metadata = metadata;
        this.lock = lock;
        this.isServed = isServed;
        this.replicationFactor = replicationFactor;
    }

    public void register(String topic, Slot slot, long nowNs) {
        slot.waitingSince(nowNs);
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

    /// The topic can be served by this node from now on.
    public void served(String topic) {
        answer(topic, Slot::ok);
    }

    /// Gives up on topics that are not served `timeoutNs` after they were asked for.
    public void expire(long nowNs, long timeoutNs) {
        for (Iterator<List<Slot>> lists = waiting.values().iterator(); lists.hasNext(); ) {
            List<Slot> slots = lists.next();
            if (nowNs - slots.getFirst().waitingSinceNs() > timeoutNs) {
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
            lock.enter();
            try {
                if (isServed.test(topic)) {
                    served(topic);
                }
            } finally {
                lock.exit();
            }
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
            lock.enter();
            try {
                answer(topic, slot -> slot.error(error));
            } finally {
                lock.exit();
            }
        }
    }
}
