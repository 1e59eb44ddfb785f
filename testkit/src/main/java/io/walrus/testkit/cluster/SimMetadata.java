package io.walrus.testkit.cluster;

import io.walrus.metadata.Applied;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.Result;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Survivors;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.port.MetadataPort;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The replicated metadata as nodes see it: one log of commands, heard by each node at its own pace, and a leader that
/// a majority can reach, or nobody. A leader is deposed before the next one is chosen, but may believe for a while
/// that it still leads: until it hears of another one, or of something that was decided without it.
final class SimMetadata {
    private static final long COMMIT_US = 8_000;
    private static final long GIVE_UP_NS = 3_000 * ClusterSetup.MS;
    private static final long AGAIN_NS = 120 * ClusterSetup.MS;

    private final ClusterWorld world;
    private final Timeline timeline;
    private final ClusterOptions options;
    private final SimNetwork network;
    private final List<Applied> log = new ArrayList<>();
    private final Map<Long, Follower> followers = new TreeMap<>();
    private final Set<Long> removed = new HashSet<>();
    /// Nodes that are no members of the group any more, in which an operator had the others go on.
    private final Set<Long> lost = new HashSet<>();
    private final ClusterState initial;
    private ClusterState decided;
    private long leader;
    private long lastLeader;
    private long deposeNs = Long.MAX_VALUE;
    private long electNs;
    private long believer;
    private long believesUntilNs;

    SimMetadata(ClusterWorld world, ClusterState initial) {
        this.world = world;
        this.timeline = world.timeline();
        this.options = world.options();
        this.network = world.network();
        this.initial = initial;
        this.decided = initial;
    }

    /// All that was decided.
    ClusterState decided() {
        return decided;
    }

    long leader() {
        return leader;
    }

    Follower follow(SimNode node) {
        Follower follower = new Follower(node);
        followers.put(node.id(), follower);
        return follower;
    }

    /// Whether a node and the leader can hear each other at this moment.
    boolean hasContact(long nodeId) {
        return isHeard(nodeId) && hears(nodeId);
    }

    /// Whether what a node says now reaches a leader that listens.
    boolean isHeard(long nodeId) {
        return leader != 0 && node(leader).isAwake() && network.reaches(nodeId, leader);
    }

    /// Whether what the leader says, or the last one has said, reaches a node now.
    boolean hears(long nodeId) {
        return lastLeader == 0 || network.reaches(lastLeader, nodeId);
    }

    /// Whether a node and one that takes itself for the leader can have spoken at this moment, in that direction.
    boolean isHeardByAny(long nodeId) {
        return isHeard(nodeId) || (believer != 0 && network.reaches(nodeId, believer));
    }

    /// The same in the other direction.
    boolean hearsAny(long nodeId) {
        return hears(nodeId) || (believer != 0 && network.reaches(believer, nodeId));
    }

    private boolean believes(long nodeId) {
        return believer == nodeId && timeline.nowNs() < believesUntilNs;
    }

    /// Looks after the leader.
    void tick() {
        if (believer != 0 && timeline.nowNs() >= believesUntilNs) {
            believer = 0;
        }
        long now = timeline.nowNs();
        if (leader == 0) {
            if (now >= electNs) {
                elect();
            }
        } else if (isElectable(leader)) {
            deposeNs = Long.MAX_VALUE;
        } else if (deposeNs == Long.MAX_VALUE) {
            deposeNs = now + (300 + timeline.pick(500)) * ClusterSetup.MS;
        } else if (now >= deposeNs) {
            depose();
        }
    }

    /// The leader leads no longer, and may not know.
    void depose() {
        if (leader != 0
                && options.has(ClusterFault.METADATA)
                && !world.isCalm()
                && node(leader).isAwake()
                && node(leader).follower().isUpToDate()
                && timeline.chance(50)) {
            believer = leader;
            believesUntilNs = timeline.nowNs() + timeline.delayNs(1_500_000);
            timeline.note("node " + leader + " believes that it leads the metadata");
        }
        replaceLeader();
    }

    private void replaceLeader() {
        if (leader != 0) {
            timeline.note("node " + leader + " no longer leads the metadata");
            leader = 0;
            deposeNs = Long.MAX_VALUE;
            electNs = timeline.nowNs() + timeline.delayNs(options.has(ClusterFault.METADATA) ? 1_500_000 : 300_000);
            world.observer().leadsMetadata(0);
            followers.values().stream()
                    .filter(follower -> !believes(follower.node.id()))
                    .forEach(follower -> follower.hearsOfLeader(0));
        }
    }

    private void elect() {
        List<Long> candidates =
                followers.keySet().stream().filter(this::mayBeElected).toList();
        if (!candidates.isEmpty()) {
            elect(candidates.get(timeline.pick(candidates.size())));
        }
    }

    /// A node leads from now on.
    void elect(long nodeId) {
        leader = nodeId;
        lastLeader = nodeId;
        timeline.note("node " + leader + " leads the metadata");
        world.observer().leadsMetadata(leader);
        followers.values().forEach(follower -> follower.hearsOfLeader(leader));
    }

    /// A node whose disk hangs can't vote for itself.
    private boolean mayBeElected(long nodeId) {
        return isElectable(nodeId) && !node(nodeId).isDiskHung();
    }

    private boolean isElectable(long nodeId) {
        long reached = followers.keySet().stream()
                .filter(other -> !lost.contains(other))
                .filter(other -> other == nodeId || (node(other).isAwake() && network.connects(nodeId, other)))
                .count();
        return node(nodeId).isAwake() && reached * 2 > followers.size() - lost.size();
    }

    private SimNode node(long nodeId) {
        return Objects.requireNonNull(followers.get(nodeId)).node;
    }

    /// An operator has the nodes that are left go on with the metadata of one of them. No node runs.
    void recover(Set<Long> gone, long self) {
        timeline.note("node " + self + " is recovered without nodes " + gone);
        decided = Survivors.of(decided, gone, self, new UUID(2, lost.size())).state();
        log.add(new Applied(decided, new Result.Ok(), List.of()));
        lost.addAll(gone);
        followers.values().forEach(Follower::joinAnew);
    }

    /// An operator has something done, which the leader sees to as soon as there is one.
    void order(Command command) {
        if (leader == 0) {
            timeline.after(AGAIN_NS, () -> order(command));
        } else {
            Result _ = commit(command, null);
        }
    }

    /// @param by the process that proposed it, or null for an operator
    private Result commit(Command command, SimNode.@Nullable Life by) {
        ClusterState before = decided;
        Applied applied = decided.apply(command);
        decided = applied.state();
        log.add(applied);
        timeline.note("decided " + log.size() + ": " + command + " -> "
                + applied.result().getClass().getSimpleName());
        world.observer().decided(log.size(), command, applied.result());
        checkSeals(command, applied.result());
        checkMoves(command, before, by);
        followers.values().forEach(Follower::applySoon);
        return applied.result();
    }

    private void checkMoves(Command command, ClusterState before, SimNode.@Nullable Life by) {
        switch (command) {
            case Command.Batch(List<Command> commands) -> commands.forEach(each -> checkMoves(each, before, by));
            case Command.SetReplicas set -> {
                SealedSegment was = sealed(before, set);
                SealedSegment is = sealed(decided, set);
                if (by != null && was != null && is != null && !was.replicas().equals(is.replicas())) {
                    world.copies().checkMove(new SegmentKey(set.topicId(), set.segment()), was, is, by);
                }
            }
            default -> {}
        }
    }

    private static @Nullable SealedSegment sealed(ClusterState state, Command.SetReplicas set) {
        Topic topic = state.topic(set.topicId());
        return topic == null ? null : topic.sealed().get(set.segment());
    }

    private void checkSeals(Command command, Result result) {
        if (command instanceof Command.Batch(List<Command> commands)
                && result instanceof Result.BatchResult(List<Result> results)) {
            for (int i = 0; i < commands.size(); i++) {
                checkSeals(commands.get(i), results.get(i));
            }
        } else if (command instanceof Command.SealSegment seal && result instanceof Result.Sealed) {
            checkIsHeld(seal);
        }
    }

    /// When a segment is sealed, at least half of its replicas hold all of it. Those that can't be looked at may, and
    /// one that forgets may have.
    private void checkIsHeld(Command.SealSegment seal) {
        Topic topic = Objects.requireNonNull(decided.topic(seal.topicId()));
        SealedSegment sealed = topic.sealed().get(seal.segment());
        if (sealed == null) {
            return;
        }
        SegmentKey key = new SegmentKey(seal.topicId(), seal.segment());
        long lacking = sealed.replicas().stream()
                .filter(replica -> {
                    SimNode node = node(replica.nodeId());
                    SimNode.Life life = node.life();
                    return life != null
                            && replica.nodeId() != world.forgetful()
                            && node.replica().equals(replica)
                            && life.copies().durableRecords(key) < seal.records();
                })
                .count();
        if (2 * lacking > sealed.replicas().size()) {
            throw new ClusterFailure(
                    BrokenPromise.SEALED_WITHOUT_MAJORITY,
                    "segment " + key + " was sealed with " + seal.records() + " records, which " + lacking + " of "
                            + sealed.replicas().size() + " replicas do not have");
        }
    }

    /// Something a node proposed, on its way.
    private final class Proposal {
        private final Follower from;
        private final SimNode.Life life;
        private final Command command;
        private final MetadataPort.ProposalReply reply;
        /// How many nodes were lost before.
        private final int lostBefore = lost.size();

        private boolean answered;
        private boolean refused;

        Proposal(Follower from, SimNode.Life life, Command command, MetadataPort.ProposalReply reply) {
            this.from = from;
            this.life = life;
            this.command = command;
            this.reply = reply;
        }

        void begin() {
            long fate = options.has(ClusterFault.METADATA) && !world.isCalm()
                    ? timeline.random().nextInt(100)
                    : 99;
            timeline.after(GIVE_UP_NS, () -> answer(() -> reply.unknown("the metadata did not answer in time")));
            if (fate < 4) {
                timeline.note("lost: " + command);
            } else if (fate < 8) {
                timeline.after(timeline.delayNs(10 * COMMIT_US), this::decide);
                timeline.after(timeline.delayNs(20 * COMMIT_US), this::decide);
            } else if (fate < 12) {
                timeline.after(timeline.delayNs(2_000_000), this::decide);
                timeline.after(timeline.delayNs(200_000), () -> answer(() -> reply.unknown("the connection was lost")));
            } else if (fate < 15) {
                refuse();
            } else if (fate < 25) {
                timeline.after(timeline.delayNs(2_000_000), this::decide);
            } else {
                timeline.after(timeline.delayNs(COMMIT_US), this::decide);
            }
        }

        private boolean isOfEarlierGroup() {
            return lostBefore != lost.size();
        }

        /// From here on it is never decided.
        private void refuse() {
            refused = true;
            timeline.after(
                    timeline.delayNs(200_000), () -> answer(() -> reply.notProposed("no leader can be reached")));
        }

        private void decide() {
            if (refused || isOfEarlierGroup()) {
                return;
            }
            if (leader == 0 || !isElectable(leader) || (!answered && !hasContact(from.node.id()))) {
                if (timeline.chance(10)) {
                    refuse();
                } else if (!answered) {
                    timeline.after(AGAIN_NS, this::decide);
                }
                return;
            }
            Result result = commit(command, life);
            from.whenApplied(log.size(), () -> answer(() -> reply.applied(result)));
        }

        private void answer(Runnable what) {
            if (!answered) {
                answered = true;
                timeline.after(timeline.delayNs(1_000), () -> life.run(what));
            }
        }
    }

    private record Awaited(int index, Runnable then) {}

    /// The metadata on one node.
    final class Follower {
        private final SimNode node;
        private final List<Awaited> awaited = new ArrayList<>();
        private ClusterState state;
        private int applied;
        private long knownLeader;
        private boolean applying;
        private boolean late;

        Follower(SimNode node) {
            this.node = node;
            this.state = initial;
        }

        ClusterState state() {
            return state;
        }

        boolean isUpToDate() {
            return applied == log.size();
        }

        /// Whether it hears of nothing that is decided, until it is told otherwise.
        void late(boolean isLate) {
            late = isLate;
            if (!late) {
                applySoon();
            }
        }

        MetadataPort port(SimNode.Life life) {
            return new MetadataPort() {
                @Override
                public void propose(Command command, ProposalReply reply) {
                    world.observer().proposed(node.id(), command);
                    new Proposal(Follower.this, life, command, reply).begin();
                }

                @Override
                public boolean leads() {
                    return (leader == node.id() && isUpToDate())
                            || believes(node.id())
                            || options.sabotage() == Sabotage.EVERYONE_LEADS;
                }

                @Override
                public void yieldLead() {
                    timeline.after(timeline.delayNs(COMMIT_US), () -> {
                        if (leader == node.id()) {
                            replaceLeader();
                        }
                    });
                }

                @Override
                public long leaderId() {
                    return knownLeader;
                }

                @Override
                public boolean isMember(long nodeId) {
                    return followers.containsKey(nodeId) && !removed.contains(nodeId);
                }

                @Override
                public void removeMember(long nodeId, RemovalReply reply) {
                    timeline.after(timeline.delayNs(COMMIT_US), () -> {
                        removed.add(nodeId);
                        life.run(reply::removed);
                    });
                }
            };
        }

        /// The process has ended: it comes back with what its own log had to be decided at least.
        void ended() {
            int back = options.has(ClusterFault.METADATA) ? timeline.random().nextInt(6) : 0;
            applied = Math.max(0, applied - back);
            state = applied == 0 ? initial : log.get(applied - 1).state();
            awaited.clear();
            knownLeader = 0;
            disbelieves();
            if (leader == node.id()) {
                replaceLeader();
            }
        }

        /// The process gets all that was decided when it joins.
        void joinAnew() {
            applied = log.size();
            state = decided;
        }

        void started() {
            if (!applying && options.has(ClusterFault.METADATA) && !world.isCalm() && timeline.chance(30)) {
                applying = true;
                timeline.after(timeline.delayNs(1_500_000), this::apply);
            }
            applySoon();
            hearsOfLeader(leader);
        }

        void whenApplied(int index, Runnable then) {
            if (applied >= index) {
                then.run();
            } else {
                awaited.add(new Awaited(index, then));
            }
        }

        void hearsOfLeader(long now) {
            timeline.after(timeline.delayNs(node.id() == now ? 1_000 : 300_000), () -> {
                if (node.isAwake() && (now == 0 || now == leader) && (now == 0 || network.reaches(now, node.id()))) {
                    knownLeader = now;
                    if (now != node.id()) {
                        disbelieves();
                    }
                }
            });
            if (now != 0) {
                timeline.after(500 * ClusterSetup.MS, () -> {
                    if (leader == now && knownLeader != now) {
                        hearsOfLeader(now);
                    }
                });
            }
        }

        private void disbelieves() {
            believer = believer == node.id() ? 0 : believer;
        }

        void applySoon() {
            if (!applying) {
                applying = true;
                boolean slow = options.has(ClusterFault.METADATA)
                        && !world.isCalm()
                        && node.id() != leader
                        && timeline.chance(5);
                timeline.after(timeline.delayNs(node.id() == leader ? 500 : slow ? 1_500_000 : 20_000), this::apply);
            }
        }

        private void apply() {
            applying = false;
            SimNode.Life life = node.life();
            if (isUpToDate() || life == null) {
                return;
            }
            if (late || !node.isAwake() || node.isDiskHung() || (leader != node.id() && !isInTouch())) {
                applying = true;
                timeline.after(AGAIN_NS, this::apply);
                return;
            }
            disbelieves();
            int skipped = log.size() - applied;
            if (skipped > 1 && options.has(ClusterFault.METADATA) && timeline.chance(15)) {
                applied += 1 + timeline.random().nextInt(skipped);
                state = log.get(applied - 1).state();
                timeline.note("node " + node.id() + " restores " + applied);
                world.observer().applied(node.id(), applied);
                ClusterState restored = state;
                life.locked(() -> life.node().restored(restored));
            } else {
                Applied next = log.get(applied++);
                state = next.state();
                timeline.note("node " + node.id() + " applies " + applied);
                world.observer().applied(node.id(), applied);
                life.locked(() -> life.node().applied(next));
            }
            List<Awaited> reached =
                    awaited.stream().filter(one -> one.index <= applied).toList();
            awaited.removeAll(reached);
            reached.forEach(one -> one.then.run());
            if (!isUpToDate()) {
                applySoon();
            }
        }

        private boolean isInTouch() {
            return leader != 0 && network.connects(leader, node.id());
        }
    }
}
