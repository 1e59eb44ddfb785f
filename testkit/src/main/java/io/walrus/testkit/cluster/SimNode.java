package io.walrus.testkit.cluster;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Replica;
import io.walrus.metadata.Topic;
import io.walrus.node.Node;
import io.walrus.node.NodePorts;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.repair.CopyFigures;
import io.walrus.node.replicate.Fences;
import io.walrus.node.topic.ClientMemory;
import io.walrus.protocol.ErrorTexts;
import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.io.Clock;
import io.walrus.storage.io.DiskFullException;
import io.walrus.testkit.disk.CrashOutcome;
import io.walrus.testkit.disk.CrashSignal;
import io.walrus.testkit.disk.Operation;
import io.walrus.testkit.disk.SimDisk;
import io.walrus.testkit.disk.SimWorkers;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One machine: its disk, and the process that runs on it, from each start to each crash.
final class SimNode {
    static final long TICK_NS = 100 * ClusterSetup.MS;
    private static final long HAND_OVER_NS = 1_500 * ClusterSetup.MS;
    private static final long FAILED_STAYS_NS = 5_000 * ClusterSetup.MS;
    /// A supervisor tries again.
    private static final long START_AGAIN_NS = 500 * ClusterSetup.MS;
    private static final long WORK_US = 1_500;
    private static final long CLIENT_BYTES = 64 << 20;

    private final long id;
    private final ClusterWorld world;
    private final Timeline timeline;
    private final Deque<Runnable> whilePaused = new ArrayDeque<>();
    private final SimFences fences;
    private SimDisk disk = new SimDisk();
    private SimDisk olderDisk = new SimDisk();
    private SimMetadata.@Nullable Follower follower;
    private @Nullable Life life;
    private boolean paused;
    private boolean hung;
    private final Deque<Runnable> whileHung = new ArrayDeque<>();
    private boolean stopping;
    private boolean failing;
    private boolean gone;
    /// Whether the next process is not to believe what it finds.
    private boolean inDoubt;
    private int lives;
    private int disksBefore;
    private final SimScrubs scrubs = new SimScrubs();

    SimNode(long id, ClusterWorld world) {
        this.id = id;
        this.world = world;
        this.timeline = world.timeline();
        this.fences = new SimFences(id);
    }

    long id() {
        return id;
    }

    @Nullable
    Life life() {
        return life;
    }

    boolean isPaused() {
        return paused;
    }

    /// Whether a process runs and isn't paused.
    boolean isAwake() {
        return life != null && !paused;
    }

    SimMetadata.Follower follower() {
        return Objects.requireNonNull(follower);
    }

    void follow(SimMetadata metadata) {
        follower = metadata.follow(this);
    }

    SimDisk disk() {
        return disk;
    }

    /// Whether it will never come back.
    boolean isGone() {
        return gone;
    }

    /// Whether a process runs and is to go on.
    boolean isSettled() {
        return isAwake() && !stopping && !failing;
    }

    /// Whether its word counts for all open segments: none of its copies is in doubt, or about to be sealed for that.
    boolean isSure() {
        Life living = life;
        return living != null
                && !inDoubt
                && fences.countOpen(living.engine, world.metadata().decided()) == 0;
    }

    /// Ends the process, and the machine's disk with it.
    void loseDisk() {
        crash();
        timeline.note("node " + id + " loses its disk");
        disk = new SimDisk();
        olderDisk = new SimDisk();
        fences.forget();
        disksBefore++;
        scrubs.forget();
    }

    void leaveForGood() {
        timeline.note("node " + id + " is gone for good");
        gone = true;
    }

    /// How many disks it has lost.
    int disksLost() {
        return disksBefore;
    }

    /// This node as a replica, with the disk it has now.
    Replica replica() {
        return world.setup().replica(id, disksBefore);
    }

    /// Starts a process on what the disk holds.
    void start() {
        if (life != null || gone) {
            return;
        }
        timeline.note("node " + id + " starts");
        lives++;
        try {
            life = new Life();
            world.observer().started(id);
            follower().started();
            life.begin();
        } catch (IOException e) {
            excuse("does not start", e);
            timeline.after(START_AGAIN_NS, this::start);
        }
    }

    /// Only a disk that is full or fails may keep a process from that.
    private void excuse(String what, IOException cause) {
        if (!(cause instanceof DiskFullException) && !world.options().has(ClusterFault.FAILING_DISKS)) {
            throw new ClusterFailure(BrokenPromise.NODE_BROKE, "node " + id + " " + what + ": " + cause, cause);
        }
        timeline.note("node " + id + " " + what + ": " + cause.getMessage());
    }

    /// Ends the process, with the machine or without.
    void crash() {
        Life dying = life;
        if (dying == null) {
            return;
        }
        timeline.note("node " + id + " crashes");
        world.crashed();
        ended(dying);
    }

    private void ended(Life dying) {
        CrashOutcome[] outcomes = CrashOutcome.values();
        boolean mayLosePower = world.forgetful() == 0 || world.forgetful() == id;
        CrashOutcome outcome = mayLosePower ? outcomes[timeline.pick(outcomes.length)] : CrashOutcome.PROCESS_KILLED;
        life = null;
        paused = false;
        hung = false;
        whileHung.clear();
        stopping = false;
        failing = false;
        whilePaused.clear();
        SimDisk survivor = disk.survivors(outcome, timeline.random().nextLong());
        boolean isPutBack = world.forgetful() == id && timeline.chance(20);
        disk = isPutBack || world.options().sabotage() == Sabotage.OLD_DISKS ? olderDisk : survivor;
        if (world.forgetful() == id && (isPutBack || outcome != CrashOutcome.PROCESS_KILLED)) {
            timeline.note("node " + id + " has forgotten some");
            inDoubt = world.options().sabotage() != Sabotage.BELIEVED_DISKS;
            fences.forget();
        }
        olderDisk = disk.survivors(CrashOutcome.PROCESS_KILLED, 1);
        world.observer().ended(id);
        follower().ended();
        List.copyOf(dying.connections).forEach(ClientEnd::lost);
        world.network().died(dying);
    }

    /// Ends the process in good order: others come to lead what it leads, as far as they do so in time.
    void stop() {
        Life leaving = life;
        if (leaving != null) {
            stopping = true;
            timeline.note("node " + id + " stops");
            leaving.locked(leaving.node::handOver);
            stopAfterHandOver(leaving, timeline.nowNs() + HAND_OVER_NS);
        }
    }

    private void stopAfterHandOver(Life leaving, long deadlineNs) {
        timeline.after(
                timeline.delayNs(20_000),
                () -> leaving.run(() -> {
                    if (leaving.node.isHandingOver() && !leadsAny()) {
                        throw new ClusterFailure(
                                BrokenPromise.NOT_SERVED,
                                "node " + id + " waits for others to lead, and leads nothing");
                    }
                    if (leaving.node.isHandingOver() && timeline.nowNs() < deadlineNs) {
                        stopAfterHandOver(leaving, deadlineNs);
                    } else {
                        leaving.close();
                        if (world.isCalm()) {
                            start();
                        }
                    }
                }));
    }

    private boolean leadsAny() {
        return follower().state().topics().values().stream()
                .anyMatch(topic -> topic.open().leader() == id);
    }

    /// Crashes during one of the next changes of the disk.
    void crashAtWork() {
        if (life != null) {
            disk.crashAt(disk.boundaries() + timeline.random().nextInt(8));
        }
    }

    /// Has one of the next changes of the disk fail: after `skipped` of its kind.
    void failDisk(Operation change, int skipped) {
        if (life != null) {
            timeline.note("a " + change + " of node " + id + " is going to fail");
            disk.failOnce(change, "", skipped);
        }
    }

    /// Turns over a bit of what is stored of a sealed segment, if there is any.
    void damageDisk() {
        String path =
                life == null ? null : life.copies.damage(disk, world.metadata().decided(), timeline.random());
        if (path != null) {
            timeline.note("a bit of " + path + " of node " + id + " is turned over");
        }
    }

    /// Leaves the disk no room.
    void fillDisk() {
        timeline.note("the disk of node " + id + " is full");
        disk.limitCapacity(disk.usedBytes());
    }

    void freeDisk() {
        timeline.note("the disk of node " + id + " has room");
        disk.limitCapacity(Long.MAX_VALUE);
    }

    /// Has writes and reads of the disk neither fail nor return from now on.
    void hangDisk() {
        if (life != null && !hung) {
            timeline.note("the disk of node " + id + " hangs");
            hung = true;
        }
    }

    /// Lets the disk do what it was asked for meanwhile.
    void thawDisk() {
        if (hung) {
            timeline.note("the disk of node " + id + " goes on");
            hung = false;
            Life thawed = life;
            if (thawed != null) {
                thawed.workSoon();
            }
            whileHung.forEach(Runnable::run);
            whileHung.clear();
        }
    }

    boolean isDiskHung() {
        return hung;
    }

    /// Crashes no more, and the disk does what it should.
    void keepGoing() {
        disk.crashAt(Long.MAX_VALUE);
        disk.healFaults();
        disk.limitCapacity(Long.MAX_VALUE);
        thawDisk();
    }

    /// Keeps the disk as it is now, for a node that is to come back with an old one.
    void keepOldDisk() {
        if (life != null && world.options().sabotage() == Sabotage.OLD_DISKS) {
            olderDisk = disk.survivors(CrashOutcome.PROCESS_KILLED, 1);
        }
    }

    void pause() {
        if (life != null && !paused) {
            timeline.note("node " + id + " stands still");
            paused = true;
        }
    }

    void resume() {
        if (paused) {
            timeline.note("node " + id + " goes on");
            paused = false;
            world.contactChanged();
            Life resumed = life;
            if (resumed != null) {
                List.copyOf(resumed.connections).forEach(ClientEnd::pausedUntilNow);
            }
            if (timeline.chance(50) && resumed != null) {
                resumed.locked(() -> resumed.node().tick());
            }
            while (!paused && !whilePaused.isEmpty()) {
                whilePaused.remove().run();
            }
        }
    }

    /// One process.
    final class Life implements EngineListener {
        private final SimWorkers workers =
                new SimWorkers(timeline.clock(), timeline.random().nextLong());
        private final List<ClientEnd> connections = new ArrayList<>();
        private final DurableCopies durable = new DurableCopies(world, SimNode.this, this);
        private final LogEngine engine;
        private final SimCopies copies;
        private final ClientMemory clientMemory = new ClientMemory(CLIENT_BYTES);
        private final Node node;
        private boolean workDue;
        private boolean committedDue;

        Life() throws IOException {
            Clock clock = new LifeClock(world);
            Sabotage sabotage = world.options().sabotage();
            engine = LogEngine.open(
                    disk, world.setup().engine(id, sabotage, world.forgetful() != 0), clock, workers, this);
            copies = new SimCopies(id, engine);
            node = new Node(
                    world.setup().nodeConfig(id, lives, disksBefore, inDoubt, sabotage),
                    engine,
                    clock,
                    new NodePorts(
                            follower().port(this),
                            world.network().transport(this),
                            new SimReads(world, this),
                            scrubs,
                            new TextReports(),
                            this::lookSoon),
                    new BrokenRules(sabotage));
            if (inDoubt) {
                node.whenOutOfDoubt(() -> inDoubt = false);
            }
        }

        long nodeId() {
            return id;
        }

        /// Does what is asked of the disk, once it answers.
        void onDisk(Runnable what) {
            if (hung) {
                whileHung.add(what);
            } else {
                what.run();
            }
        }

        Node node() {
            return node;
        }

        /// What all connections of this process share.
        ClientMemory clientMemory() {
            return clientMemory;
        }

        void connected(ClientEnd connection) {
            connections.add(connection);
        }

        void disconnected(ClientEnd connection) {
            connections.remove(connection);
        }

        /// What this node tells of its copies.
        CopyFigures copyFigures() {
            return node.call(() -> node.figures().copies());
        }

        /// Whether this node takes itself for one that can lead.
        boolean isFit() {
            return node.call(() -> node.figures().health().isFit());
        }

        SimCopies copies() {
            return copies;
        }

        LogEngine engine() {
            return engine;
        }

        private void close() {
            node.run(node::leavePeers);
            try {
                engine.close();
            } catch (IOException e) {
                excuse("can't be closed", e);
            }
            timeline.note("node " + id + " has stopped");
            ended(this);
        }

        private void begin() {
            if (world.options().sabotage() == Sabotage.FORGOTTEN_FENCES) {
                locked(this::forgetFences);
            }
            locked(() -> node.restored(follower().state()));
            scheduleTick();
        }

        private void lookSoon() {
            timeline.after(timeline.delayNs(500), this::connectionsLook);
        }

        private void forgetFences() {
            for (LogStream copy : engine.streams()) {
                try {
                    engine.setAttribute(copy, Fences.ATTRIBUTE, new byte[0]);
                } catch (StorageException e) {
                    throw new ClusterFailure(BrokenPromise.NODE_BROKE, "a fence can't be forgotten: " + e, e);
                }
            }
        }

        private void scheduleTick() {
            timeline.after(TICK_NS + timeline.delayNs(5_000), () -> {
                if (life == this) {
                    if (!paused) {
                        locked(node::tick);
                        run(durable::check);
                        run(() -> fences.check(engine));
                        connectionsLook();
                    }
                    scheduleTick();
                }
            });
        }

        /// Runs something in this process: not at all once it has ended, later while it is paused.
        void run(Runnable what) {
            if (life != this) {
                return;
            }
            if (paused) {
                whilePaused.add(() -> run(what));
                return;
            }
            boolean mayNotAppend = world.leaseIsOver(id);
            long before = mayNotAppend ? ledRecords() : 0;
            try {
                what.run();
            } catch (CrashSignal _) {
                crash();
            }
            if (life != this) {
                return;
            }
            if (mayNotAppend && ledRecords() > before) {
                throw new ClusterFailure(
                        BrokenPromise.APPENDED_WITHOUT_LEASE, "node " + id + " appended without a lease");
            }
            workSoon();
        }

        /// As [#run], with the node's lock.
        void locked(Runnable what) {
            run(() -> node.run(what));
        }

        private void workSoon() {
            if (!workDue) {
                workDue = true;
                timeline.after(timeline.delayNs(timeline.chance(2) ? 40 * WORK_US : WORK_US), () -> {
                    workDue = false;
                    work();
                });
            }
        }

        private void work() {
            if (life != this || paused || hung) {
                return;
            }
            try {
                if (workers.runOne()) {
                    workSoon();
                }
            } catch (CrashSignal _) {
                crash();
            }
        }

        private void connectionsLook() {
            run(() -> List.copyOf(connections).forEach(ClientEnd::process));
        }

        /// Records of the segments this node leads; others get longer without a lease.
        private long ledRecords() {
            ClusterState state = follower().state();
            return engine.streams().stream()
                    .filter(stream -> {
                        SegmentKey key = SegmentKey.decode(stream.key());
                        Topic topic = state.topic(key.topicId());
                        return topic != null
                                && topic.open().number() == key.segment()
                                && topic.open().leader() == id
                                && stream.attribute(Fences.ATTRIBUTE) == null;
                    })
                    .mapToLong(LogStream::records)
                    .sum();
        }

        @Override
        public void groupDurable(long group) {
            if (!committedDue) {
                committedDue = true;
                timeline.after(timeline.delayNs(500), () -> {
                    committedDue = false;
                    if (node.awaitsCommit()) {
                        locked(node::committed);
                    }
                    connectionsLook();
                });
            }
        }

        @Override
        public void roomAvailable() {
            timeline.after(timeline.delayNs(1_000), () -> {
                locked(node::tick);
                connectionsLook();
            });
        }

        @Override
        public void failed(StorageException cause) {
            node.logFailed(ErrorTexts.outcomeUnknown("the log failed: " + cause.getMessage()));
            if (!world.options().has(ClusterFault.FAILING_DISKS)) {
                timeline.after(
                        0,
                        () -> run(() -> {
                            throw new ClusterFailure(
                                    BrokenPromise.NODE_BROKE, "the log of node " + id + " failed: " + cause, cause);
                        }));
                return;
            }
            timeline.note("the log of node " + id + " failed");
            world.observer().logFailed(id);
            failing = true;
            timeline.after(FAILED_STAYS_NS, () -> {
                if (life == this) {
                    crash();
                    start();
                }
            });
        }
    }

    int lives() {
        return lives;
    }
}
