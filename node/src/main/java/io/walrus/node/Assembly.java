package io.walrus.node;

import io.walrus.node.membership.GoneNodes;
import io.walrus.node.membership.Heartbeats;
import io.walrus.node.membership.Lease;
import io.walrus.node.membership.LiveNodes;
import io.walrus.node.membership.RunRegistration;
import io.walrus.node.membership.Successors;
import io.walrus.node.part.Interval;
import io.walrus.node.part.LogFailure;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.Terms;
import io.walrus.node.port.MetadataPort;
import io.walrus.node.port.NodeLock;
import io.walrus.node.repair.CopyPlacement;
import io.walrus.node.repair.MoveProposals;
import io.walrus.node.repair.PlacementCheck;
import io.walrus.node.repair.RecordSources;
import io.walrus.node.repair.Repairs;
import io.walrus.node.repair.ReplicaRemovals;
import io.walrus.node.repair.Scrubber;
import io.walrus.node.repair.Transfers;
import io.walrus.node.repair.WholeCopies;
import io.walrus.node.replicate.Fences;
import io.walrus.node.replicate.LedSegments;
import io.walrus.node.replicate.ReplicaReceiver;
import io.walrus.node.replicate.ReplicaSender;
import io.walrus.node.replicate.SealRules;
import io.walrus.node.replicate.StallWatch;
import io.walrus.node.request.CursorSkips;
import io.walrus.node.request.EarlyRequests;
import io.walrus.node.request.Fetches;
import io.walrus.node.request.Forwarding;
import io.walrus.node.request.NodeCommands;
import io.walrus.node.request.NodeMetrics;
import io.walrus.node.request.Puts;
import io.walrus.node.request.Registrations;
import io.walrus.node.request.RemoteRequests;
import io.walrus.node.request.Requests;
import io.walrus.node.request.SharedCursor;
import io.walrus.node.request.StateReports;
import io.walrus.node.request.StateRequests;
import io.walrus.node.request.TopicRequests;
import io.walrus.node.request.WaitingRequests;
import io.walrus.node.seal.Failover;
import io.walrus.node.seal.Relocation;
import io.walrus.node.seal.Rollover;
import io.walrus.node.seal.SealCommands;
import io.walrus.node.seal.SealParticipants;
import io.walrus.node.seal.SealProposals;
import io.walrus.node.seal.SealReasons;
import io.walrus.node.seal.Sealer;
import io.walrus.node.store.BlockReads;
import io.walrus.node.store.DamagedCopies;
import io.walrus.node.store.Entries;
import io.walrus.node.store.PeerReads;
import io.walrus.node.store.ReadAhead;
import io.walrus.node.store.RemoteReads;
import io.walrus.node.store.Segments;
import io.walrus.node.topic.TopicTable;
import io.walrus.storage.engine.LogEngine;

/// Builds the parts of a node, those of the lowest package first: each is given what it uses, and nothing else.
final class Assembly {
    final Now now = new Now();
    final LogFailure logFailure = new LogFailure();
    final TopicTable topics = new TopicTable();
    final MetadataView view;
    final Peers peers;
    final LiveNodes live;
    final Successors successors;
    final Heartbeats heartbeats;
    final RunRegistration runRegistration;
    final GoneNodes goneNodes;
    final RemoteReads remoteReads;
    final ReadAhead readAhead;
    final Segments segments;
    final PeerReads reads;
    final ReplicaSender sender;
    final StallWatch stallWatch;
    final Fences fences;
    final ReplicaReceiver receiver;
    final Transfers transfers;
    final MoveProposals moves;
    final Scrubber scrubber;
    final Repairs repairs;
    final ReplicaRemovals removals;
    final PlacementCheck placementCheck;
    final SharedCursor cursor;
    final RemoteRequests remote;
    final StateRequests states;
    final CursorSkips skips;
    final Forwarding forwarding;
    final Registrations registrations;
    final EarlyRequests early;
    final NodeMetrics metrics;
    final Requests requests;
    final Sealer sealer;
    final Failover failover;
    final SealCommands sealCommands;
    final Rollover rollover;
    final SealReasons reasons;
    final Relocation relocation;
    final Leading leading;
    final MessageRouter router;

    Assembly(NodeConfig config, LogEngine engine, NodePorts ports, SealRules rules, NodeLock lock) {
        MetadataPort metadata = ports.metadata();
        int factor = config.segments().replicationFactor();
        long timeoutNs = config.timeouts().requestNs();
        view = new MetadataView(config.self(), config.bootId());
        peers = new Peers(
                view,
                now,
                ports.transport(),
                config.timeouts().nodeNs(),
                config.timeouts().peerSilenceNs(),
                new Terms(
                        engine.maxEntryBytes(),
                        factor,
                        (int) config.timeouts().lease().toMillis(),
                        (int) config.timeouts().node().toMillis()));

        Lease lease = new Lease(now, config.timeouts().leaseNs());
        live = new LiveNodes(view, now, config.timeouts().nodeNs());
        successors = new Successors(view, live, peers, factor);
        heartbeats = new Heartbeats(metadata, peers, live, lease, view, now);
        runRegistration = new RunRegistration(metadata, view, now);
        // A node is not gone before it counts as dead.
        long replaceAfterNs = config.timeouts().replaceAfterNs();
        goneNodes = new GoneNodes(heartbeats, live, metadata, view, now, replaceAfterNs);

        remoteReads = new RemoteReads(peers, view, topics, now, config.maxFrameBytes());
        BlockReads blocks =
                new BlockReads(engine, ports.background(), lock, config.memory().readBufferBytes());
        DamagedCopies damaged = new DamagedCopies(engine, topics, config.self().nodeId());
        long readAheadBytes = config.memory().readAheadBytes();
        readAhead = new ReadAhead(blocks, remoteReads, damaged, now, timeoutNs, readAheadBytes);
        Entries entries = new Entries(engine, readAhead);
        segments = new Segments(engine, entries, damaged, view, ports.background(), lock);
        reads = new PeerReads(blocks, segments, topics, damaged);

        sender = new ReplicaSender(engine, peers, blocks, topics, now, timeoutNs);
        stallWatch = new StallWatch(engine, sender, live, heartbeats, now, config.timeouts());
        fences = new Fences(engine, segments, view, topics, config.inDoubt());
        receiver = new ReplicaReceiver(engine, segments, fences, view, peers);
        LedSegments led = new LedSegments(view, segments, fences, sender, rules);

        CopyPlacement placement = new CopyPlacement(view, live, factor);
        transfers = new Transfers(
                engine,
                segments,
                new RecordSources(
                        view, peers, segments, blocks, now, config.segments().repairBytesPerSecond()),
                placement);
        WholeCopies wholeCopies = new WholeCopies(placement, segments, peers, now);
        moves = new MoveProposals(metadata, lock);
        repairs = new Repairs(segments, damaged, placement, transfers, moves, rules, now);
        scrubber = new Scrubber(
                engine, damaged, blocks, now, ports.scrubs(), config.segments().scrubPeriod());
        removals = new ReplicaRemovals(placement, wholeCopies, heartbeats, moves, rules, now);
        placementCheck = new PlacementCheck(placement, repairs, removals, view);

        Puts puts =
                new Puts(engine, lease, sender, topics, now, config.segments().maxSegmentEntries());
        cursor = new SharedCursor(engine, segments, entries, lease, sender, now);
        Fetches fetches = new Fetches(segments, entries, now);
        remote = new RemoteRequests(topics, puts, cursor, logFailure, now, timeoutNs);
        states = new StateRequests(
                topics, peers, new StateReports(ports.reports(), ports.background(), lock), lease, sender, now);
        forwarding = new Forwarding(peers, live, topics, now, timeoutNs);
        cursor.putOffTo(forwarding::takeUp);
        skips = new CursorSkips(cursor, peers, now, timeoutNs);

        SealProposals proposals = new SealProposals(metadata);
        SealParticipants participants = new SealParticipants(view, peers, fences, transfers, live, now);
        sealer = new Sealer(participants, proposals, successors, rules, view, now);
        failover = new Failover(heartbeats, live, successors, sealer, view, topics);
        sealCommands = new SealCommands(sealer, participants, ports.reports(), now, config.timeouts());

        TopicRequests.OfChain ofChain = new TopicRequests.OfChain(states, skips, sealCommands);
        TopicRequests topicRequests = new TopicRequests(puts, cursor, fetches, ofChain, forwarding, now);
        early = new EarlyRequests(topics, heartbeats, topicRequests, now, timeoutNs);
        registrations = new Registrations(metadata, lock, topics, now, factor, timeoutNs);
        NodeCommands nodes = new NodeCommands(metadata, lock, view, live, ports.reports(), factor);
        metrics = new NodeMetrics(
                ports.reports(), view, new NodeMetrics.Counters(puts, cursor, fetches), placementCheck, scrubber, live);
        requests = new Requests(topics, topicRequests, early, registrations, nodes, metrics);
        WaitingRequests waiting = new WaitingRequests(puts, cursor, remote, forwarding, registrations, timeoutNs);

        rollover = new Rollover(engine, cursor, proposals, successors, view, now);
        long checkNs = config.segments().monitorCheck().toNanos();
        reasons = new SealReasons(
                rollover,
                successors,
                damaged,
                topics,
                new Interval(now, checkNs),
                config.segments().maxSegmentEntries());
        relocation = new Relocation(rollover, successors, view, topics, new Interval(now, checkNs), factor);

        leading = new Leading(topics, led, sealer, waiting, reasons, live);
        CopyRequests copies = new CopyRequests(reads, wholeCopies, participants);
        router = new MessageRouter(heartbeats, early, remote, states, copies, receiver, sender);
    }
}
