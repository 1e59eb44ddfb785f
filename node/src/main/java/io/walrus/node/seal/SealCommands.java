package io.walrus.node.seal;

import io.walrus.metadata.Replica;
import io.walrus.node.config.Timeouts;
import io.walrus.node.config.Timing;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.peer.CopyLength;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.request.Reports;
import io.walrus.node.request.SealReport;
import io.walrus.node.request.SealRequests;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;
import io.walrus.protocol.ErrorTexts;
import io.walrus.protocol.Verb;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// SEAL: an operator gives up copies that will not come back, so that a topic goes on with those that are left. It is
/// the one way in which an acknowledged entry may be given up, so all else is asked first.
///
/// All replicas that can be asked say how long their copies are. If these are enough for the cluster to seal the
/// segment by itself, or if another may come back soon, it is refused. Otherwise the [Sealer] goes on without those
/// that are missing. Guarded by the node's lock.
public final class SealCommands implements SealRequests, Part {
    private static final int MAX_AT_A_TIME = 100;

    private final Sealer sealer;
    private final SealParticipants participants;
    private final Reports reports;
    private final Now now;
    private final Timeouts timeouts;
    private final Map<SegmentKey, Run> underWay = new LinkedHashMap<>();

    public SealCommands(Sealer sealer, SealParticipants participants, Reports reports, Now now, Timeouts timeouts) {
        this.sealer = sealer;
        this.participants = participants;
        this.reports = reports;
        this.now = now;
        this.timeouts = timeouts;
    }

    @Override
    public void seal(ServedTopic topic, boolean isForced, boolean isDryRun, Slot slot) {
        SegmentKey key = topic.openKey();
        if (underWay.containsKey(key) || underWay.size() >= MAX_AT_A_TIME) {
            slot.error(ErrorTexts.notReady("a SEAL of topic " + topic.name() + ", or many of others, are under way"));
            return;
        }
        Run run = new Run(topic, isForced, isDryRun, slot, now.ns());
        underWay.put(key, run);
        run.measure();
    }

    /// Goes on where answers have come, or don't come.
    @Override
    public void tick() {
        goOn();
    }

    /// A segment may be sealed by now.
    @Override
    public void followed() {
        goOn();
    }

    private void goOn() {
        for (Run run : List.copyOf(underWay.values())) {
            run.goOn();
        }
    }

    private final class Run {
        private final ServedTopic topic;
        private final SegmentKey key;
        private final List<Replica> replicas;
        private final boolean isForced;
        private final boolean isDryRun;
        private final Slot slot;
        private final long sinceNs;
        private final Map<Long, CopyLength> lengths = new HashMap<>();
        /// Once the seal has begun.
        private @Nullable SealReport begun;

        Run(ServedTopic topic, boolean isForced, boolean isDryRun, Slot slot, long sinceNs) {
            this.topic = topic;
            this.key = topic.openKey();
            this.replicas = topic.open().replicas();
            this.isForced = isForced;
            this.isDryRun = isDryRun;
            this.slot = slot;
            this.sinceNs = sinceNs;
        }

        void measure() {
            for (Replica replica : replicas) {
                if (participants.hasDisk(replica) && participants.canAsk(replica)) {
                    participants.measure(replica, key, length -> measured(replica, length));
                }
            }
        }

        private void measured(Replica replica, CopyLength length) {
            lengths.put(replica.nodeId(), length);
            if (isUnderWay()) {
                goOn();
            }
        }

        private boolean isUnderWay() {
            return underWay.get(key) == this;
        }

        void goOn() {
            SealReport report = begun;
            boolean isOver = topic.open().number() != key.segment();
            if (report != null && isOver) {
                end(() -> slot.json(reports.seal(report.sealed())));
            } else if (isOver) {
                end(() -> slot.error(ErrorTexts.notPossible(
                        Verb.SEAL, "segment " + key.segment() + " was sealed meanwhile, without giving up a copy")));
            } else if (report != null && now.ns() - sinceNs > timeouts.requestNs()) {
                sealer.waitForAll(key);
                end(() -> slot.error(ErrorTexts.outcomeUnknown(
                        "segment " + key.segment() + " may be sealed yet: the metadata did not decide in time")));
            } else if (report == null && isMeasured()) {
                decide(report());
            }
        }

        private boolean isMeasured() {
            return now.ns() - sinceNs > Timing.SEAL_STEP_NS
                    || replicas.stream()
                            .allMatch(
                                    replica -> lengths.containsKey(replica.nodeId()) || !participants.isThere(replica));
        }

        private void decide(SealReport report) {
            String refusal = report.refusal();
            if (isDryRun) {
                end(() -> slot.json(reports.seal(report)));
            } else if (refusal != null) {
                end(() -> slot.error(ErrorTexts.notPossible(Verb.SEAL, refusal)));
            } else {
                begun = report;
                sealer.beginWithout(topic.metadata(), Set.copyOf(report.givenUp()));
            }
        }

        private void end(Runnable answer) {
            underWay.remove(key);
            answer.run();
            slot.wake();
        }

        private SealReport report() {
            List<SealReport.Copy> copies = new ArrayList<>();
            for (Replica replica : replicas) {
                CopyLength length = lengths.get(replica.nodeId());
                copies.add(new SealReport.Copy(replica.nodeId(), length, length == null ? missing(replica) : ""));
            }
            return new SealReport(topic.name(), key.segment(), copies, refusal(), false);
        }

        private String missing(Replica replica) {
            if (!participants.hasDisk(replica)) {
                return "its disk is gone";
            }
            return participants.isThere(replica)
                    ? "its disk does not answer"
                    : "silent for " + participants.silentMs(replica) + " ms";
        }

        private @Nullable String refusal() {
            int vouched =
                    (int) lengths.values().stream().filter(CopyLength::vouched).count();
            if (sealer.isSealQuorum(vouched, replicas.size())) {
                return vouched + " of " + replicas.size()
                        + " copies can be asked, which is enough: the cluster seals the segment by itself if it has to";
            }
            for (Replica replica : replicas) {
                String refusal = lengths.containsKey(replica.nodeId()) ? null : refusal(replica);
                if (refusal != null) {
                    return refusal;
                }
            }
            return null;
        }

        /// Why a copy that can't be asked may not be given up.
        private @Nullable String refusal(Replica replica) {
            if (!participants.hasDisk(replica)) {
                return null;
            }
            if (participants.isThere(replica)) {
                return "node " + replica.nodeId() + " is alive, and its disk does not answer: stop it, and try again";
            }
            long silentMs = participants.silentMs(replica);
            if (silentMs < TimeUnit.NANOSECONDS.toMillis(timeouts.leaseNs())) {
                return "node " + replica.nodeId() + " was heard " + silentMs + " ms ago: wait until its lease is over";
            }
            return isForced || silentMs >= TimeUnit.NANOSECONDS.toMillis(timeouts.replaceAfterNs())
                    ? null
                    : "node " + replica.nodeId() + " has been silent for " + silentMs
                            + " ms only: start it, wait for WALRUS_REPLACE_AFTER_MS, or say that it will not come"
                            + " back with SEAL " + topic.name() + " force";
        }
    }
}
