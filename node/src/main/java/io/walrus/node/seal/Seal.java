package io.walrus.node.seal;

import io.walrus.metadata.Replica;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.CopyLength;
import io.walrus.node.peer.SegmentKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One segment on its way to be sealed. Guarded by the node's lock.
final class Seal {
    enum Step {
        /// The replicas are to be fenced.
        BEGIN,
        /// They are being fenced; their answers are awaited.
        FENCING,
        /// The longest copy's tail is on its way to others.
        FILLING,
        /// Its length is proposed.
        PROPOSED
    }

    private final SegmentKey key;
    private final long leader;
    private final List<Replica> replicas;
    private final Map<Long, CopyLength> answers = new HashMap<>();
    private final Set<Long> holders = new HashSet<>();
    /// Nodes whose answers do not count, as nobody could copy what only they have.
    private final Set<Long> passedOver = new HashSet<>();
    /// Nodes that the operator has given up: nobody waits for them.
    private Set<Long> givenUp = Set.of();

    private Step step = Step.BEGIN;
    private int attempt;
    private boolean waited;
    private long sinceNs;
    private @Nullable CopyLength longest;

    Seal(Topic topic, long nowNs) {
        this.key = new SegmentKey(topic.topicId(), topic.open().number());
        this.leader = topic.open().leader();
        this.replicas = topic.open().replicas();
        this.sinceNs = nowNs;
    }

    SegmentKey key() {
        return key;
    }

    /// The node that led the segment.
    long leader() {
        return leader;
    }

    List<Replica> replicas() {
        return replicas;
    }

    Step step() {
        return step;
    }

    long sinceNs() {
        return sinceNs;
    }

    /// Which attempt this is; answers to earlier ones are passed over.
    int attempt() {
        return attempt;
    }

    void go(Step next, long nowNs) {
        step = next;
        sinceNs = nowNs;
    }

    /// Begins anew.
    void again(long nowNs) {
        attempt++;
        answers.clear();
        holders.clear();
        longest = null;
        go(Step.BEGIN, nowNs);
    }

    /// Has the holders do without a say from the next attempt on. What they have and no other was never
    /// acknowledged, if the others are enough to seal.
    void passOverHolders() {
        passedOver.addAll(holders);
    }

    /// Has all nodes a say again.
    void passOverNobody() {
        passedOver.clear();
    }

    /// Has the seal do without nodes, or without none if there are none.
    void giveUp(Set<Long> nodes) {
        givenUp = Set.copyOf(nodes);
    }

    Set<Long> givenUp() {
        return givenUp;
    }

    /// A replica is fenced, and this is how long its copy is.
    void answered(long nodeId, CopyLength length) {
        if (passedOver.contains(nodeId)) {
            return;
        }
        answers.put(nodeId, length);
        CopyLength chosen = longest;
        if (chosen != null && length.records() >= chosen.records()) {
            holders.add(nodeId);
        }
    }

    int answers() {
        return answers.size();
    }

    /// How many of them vouch for their length.
    int vouched() {
        return (int) answers.values().stream().filter(CopyLength::vouched).count();
    }

    /// How many of those that are no holders vouch for their length.
    int vouchedByOthers() {
        return (int) answers.entrySet().stream()
                .filter(answer -> !holders.contains(answer.getKey()))
                .filter(answer -> answer.getValue().vouched())
                .count();
    }

    boolean hasAnswered(long nodeId) {
        return answers.containsKey(nodeId);
    }

    /// Whether it is the first time that this is asked: for what is to be said once.
    boolean firstWait() {
        boolean first = !waited;
        waited = true;
        return first;
    }

    /// Settles the length: that of the longest copy, or none if no copy is left.
    CopyLength choose() {
        CopyLength chosen = answers.values().stream()
                .max(Comparator.comparingLong(CopyLength::records))
                .orElseGet(() -> new CopyLength(key, 0, 0, 0, true, null));
        longest = chosen;
        answers.forEach((node, length) -> {
            if (length.records() == chosen.records()) {
                holders.add(node);
            }
        });
        return chosen;
    }

    /// The longest copy, once the length is settled.
    CopyLength longest() {
        CopyLength chosen = longest;
        if (chosen == null) {
            throw new IllegalStateException("the length of segment " + key + " is not settled");
        }
        return chosen;
    }

    /// Nodes whose copies have that length.
    Set<Long> holders() {
        return holders;
    }

    /// Nodes that are fenced and have less, the longest first.
    List<Long> shorter() {
        return answers.entrySet().stream()
                .filter(one -> !holders.contains(one.getKey()))
                .sorted(Comparator.comparingLong((Map.Entry<Long, CopyLength> one) ->
                                one.getValue().records())
                        .reversed()
                        .thenComparing(Map.Entry::getKey))
                .map(Map.Entry::getKey)
                .toList();
    }
}
