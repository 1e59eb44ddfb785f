package io.walrus.node.store;

import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerFollower;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.PeerMessage.Answer;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.PendingAnswer;
import io.walrus.node.peer.ReadKind;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.TopicTable;
import io.walrus.protocol.ErrorCode;
import io.walrus.protocol.ErrorTexts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads blocks of segments that other nodes store, from whichever of them can be reached. Reading changes nothing, so
/// it is tried again until its deadline. Guarded by the node's lock.
public final class RemoteReads implements Part, PeerFollower {
    /// Told how a read ended.
    interface Target {
        /// The entries, if any were found, and what to tell those who wait.
        void ended(@Nullable RecordBlock entries, ReadOutcome outcome);
    }

    private final Peers peers;
    private final MetadataView view;
    private final TopicTable topics;
    private final Now now;
    private final int maxEntryBytes;
    private final List<Request> unsent = new ArrayList<>();

    /// @param maxEntryBytes the longest entry there may be
    public RemoteReads(Peers peers, MetadataView view, TopicTable topics, Now now, int maxEntryBytes) {
        this.maxEntryBytes = maxEntryBytes;
        this.peers = peers;
        this.view = view;
        this.topics = topics;
        this.now = now;
    }

    /// @param bytes how much at most, or one entry if that is longer
    void request(Source.Elsewhere where, long offset, int bytes, long deadlineNs, Target target) {
        send(new Request(where, offset, bytes, deadlineNs, true, target));
    }

    /// The same, but waits for nobody who can't be reached.
    void requestNow(Source.Elsewhere where, long offset, int bytes, long deadlineNs, Target target) {
        send(new Request(where, offset, bytes, deadlineNs, false, target));
    }

    /// Asks again where nobody could be asked before, and gives up where that takes too long.
    @Override
    public void tick() {
        if (unsent.isEmpty()) {
            return;
        }
        List<Request> requests = List.copyOf(unsent);
        unsent.clear();
        for (Request request : requests) {
            if (now.ns() - request.deadlineNs > 0) {
                request.target.ended(null, new ReadOutcome.Failed(request.unavailable()));
            } else {
                send(request);
            }
        }
    }

    /// The peer may be one that could not be asked before.
    @Override
    public void up(Peer peer) {
        tick();
    }

    private void send(Request request) {
        Peer peer = holder(request);
        if (request.isLost()) {
            request.target.ended(null, new ReadOutcome.Failed(request.lost()));
        } else if (peer != null) {
            request.ask(peer);
        } else if (request.isPatient || isAnyBusy(request)) {
            unsent.add(request);
        } else {
            request.target.ended(null, new ReadOutcome.Failed(request.unavailable()));
        }
    }

    /// A node that has the segment, can be reached, and was not asked yet.
    private @Nullable Peer holder(Request request) {
        return reachable(request)
                .filter(peer -> peer.takesRead(expected(request)))
                .findFirst()
                .orElse(null);
    }

    private boolean isAnyBusy(Request request) {
        return reachable(request).anyMatch(peer -> !peer.takesRead(expected(request)));
    }

    /// What may come: one entry always does, however long.
    private int expected(Request request) {
        return Math.max(request.bytes, maxEntryBytes);
    }

    private Stream<Peer> reachable(Request request) {
        return replicas(request.where).stream()
                .filter(replica -> !request.asked.contains(replica.nodeId()))
                .flatMap(replica -> Stream.ofNullable(peers.find(replica.nodeId())))
                .filter(peer -> peer.isConnected() && peer.isAlive());
    }

    private List<Replica> replicas(Source.Elsewhere where) {
        ServedTopic topic = topics.find(where.topicId());
        if (topic == null) {
            return List.of();
        }
        SealedSegment sealed = topic.metadata().sealed().get(where.segment());
        if (sealed != null) {
            return sealed.replicas();
        }
        return topic.open().replicas().stream()
                .filter(replica -> replica.nodeId() == topic.open().leader())
                .toList();
    }

    private final class Request implements PendingAnswer {
        private final Source.Elsewhere where;
        private final long offset;
        private final int bytes;
        private final long deadlineNs;
        private final boolean isPatient;
        private final Target target;
        private final Set<Long> asked = new HashSet<>();
        /// Those of them that said that their copies end before the entry.
        private final Set<Long> lacking = new HashSet<>();

        private long askedLast;
        private boolean wasRefused;

        Request(Source.Elsewhere where, long offset, int bytes, long deadlineNs, boolean isPatient, Target target) {
            this.where = where;
            this.offset = offset;
            this.bytes = bytes;
            this.deadlineNs = deadlineNs;
            this.isPatient = isPatient;
            this.target = target;
        }

        @Override
        public void answered(Answer answer) {
            switch (answer) {
                case PeerMessage.Block(long _, RecordBlock block) -> {
                    if (block.count() == 0) {
                        target.ended(null, new ReadOutcome.Nothing());
                    } else {
                        target.ended(block, new ReadOutcome.Found());
                    }
                }
                case PeerMessage.Failed(long _, String error) -> {
                    if (ErrorCode.of(error) == ErrorCode.DATA_LOST) {
                        lacking.add(askedLast);
                        wasRefused = true;
                        elsewhere();
                    } else {
                        failed(error);
                    }
                }
                case PeerMessage.Stale _ -> {
                    wasRefused = true;
                    elsewhere();
                }
                case PeerMessage.Done _, PeerMessage.Payload _, PeerMessage.Json _, PeerMessage.Empty _ ->
                    lost("it was answered with something else");
                case PeerMessage.Fenced _, PeerMessage.Measured _, PeerMessage.Held _, PeerMessage.Longer _ ->
                    lost("it was answered with something else");
            }
        }

        @Override
        public void lost(String reason) {
            elsewhere();
        }

        /// Another node may be asked meanwhile.
        @Override
        public boolean isImpatient() {
            return true;
        }

        /// That one copy can't be read says nothing about the others.
        private void failed(String error) {
            Peer other = holder(this);
            if (other == null) {
                target.ended(null, new ReadOutcome.Failed(error));
            } else {
                ask(other);
            }
        }

        /// Whether the entry was only on disks that are gone: those that are left end before it. More can't come, as
        /// there is nobody to copy it from.
        private boolean isLost() {
            SealedSegment sealed = view.sealed(where.topicId(), where.segment());
            return sealed != null
                    && sealed.replicas().stream()
                            .allMatch(replica -> !view.hasDisk(replica)
                                    || replica.equals(view.self())
                                    || lacking.contains(replica.nodeId()));
        }

        private String lost() {
            ServedTopic topic = topics.find(where.topicId());
            return ErrorTexts.dataLost("what segment " + where.segment() + " of topic "
                    + (topic == null ? where.topicId() : topic.name()) + " has from offset " + offset
                    + " on is on no disk that is left; nodes "
                    + replicas(where).stream().map(Replica::nodeId).toList() + " stored it");
        }

        private String unavailable() {
            List<Long> nodes = replicas(where).stream().map(Replica::nodeId).toList();
            return ErrorTexts.notReady("segment " + where.segment() + " is on "
                    + (nodes.size() == 1 ? "node " + nodes.getFirst() : "nodes " + nodes)
                    + (wasRefused
                            ? ", and those that can be reached lack the entry at offset " + offset
                            : ", which can't be reached"));
        }

        /// Asks another node that has the segment; if all were asked, any of them again, later.
        private void elsewhere() {
            Peer other = holder(this);
            if (isLost()) {
                target.ended(null, new ReadOutcome.Failed(lost()));
            } else if (other != null) {
                ask(other);
            } else if (isPatient) {
                asked.clear();
                lacking.clear();
                unsent.add(this);
            } else {
                target.ended(null, new ReadOutcome.Failed(unavailable()));
            }
        }

        private void ask(Peer peer) {
            asked.add(peer.nodeId());
            askedLast = peer.nodeId();
            SegmentKey segment = new SegmentKey(where.topicId(), where.segment());
            peer.askRead(
                    id -> new PeerMessage.Read(id, segment, ReadKind.ENTRIES, offset, Long.MAX_VALUE, bytes),
                    this,
                    expected(this),
                    deadlineNs);
        }
    }
}
