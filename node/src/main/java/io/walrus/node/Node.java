package io.walrus.node;

import io.walrus.metadata.Applied;
import io.walrus.metadata.Change;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Topic;
import io.walrus.node.append.Puts;
import io.walrus.node.cursor.SharedCursor;
import io.walrus.node.fetch.Fetches;
import io.walrus.node.port.BackgroundReads;
import io.walrus.node.port.MetadataPort;
import io.walrus.node.port.NodeLock;
import io.walrus.node.port.Reports;
import io.walrus.node.read.Entries;
import io.walrus.node.read.ReadAhead;
import io.walrus.node.register.Registrations;
import io.walrus.node.rollover.Rollover;
import io.walrus.node.route.Segments;
import io.walrus.node.route.ServedTopic;
import io.walrus.node.route.TopicTable;
import io.walrus.node.session.Session;
import io.walrus.node.session.Slot;
import io.walrus.protocol.ErrorTexts;
import io.walrus.protocol.Help;
import io.walrus.protocol.RequestParser;
import io.walrus.storage.LogEngine;
import io.walrus.storage.LogStream;
import io.walrus.storage.io.Clock;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The data plane of one node: takes requests, changes of the metadata, commits of the log and ticks, and answers
/// requests, appends to the log and proposes commands. It has no thread of its own and waits for nothing.
///
/// Every method but [#logFailure], [#logFailed] and [#awaitsCommit] is called between [#enter] and [#exit].
public final class Node implements NodeLock {
    private final NodeConfig config;
    private final LogEngine engine;
    private final Clock clock;
    private final Reports reports;
    private final RequestParser parser = new RequestParser();
    private final TopicTable topics = new TopicTable();
    private final Puts puts;
    private final SharedCursor cursor;
    private final Fetches fetches;
    private final Rollover rollover;
    private final Segments segments;
    private final Registrations registrations;
    private long appliedVersion;
    private long nowMs;
    private long nowNs;
    private long monitoredAtNs;
    private volatile @Nullable String logFailure;

    public Node(
            NodeConfig config,
            LogEngine engine,
            Clock clock,
            MetadataPort metadata,
            BackgroundReads background,
            Reports reports) {
        this.config = config;
        this.engine = engine;
        this.clock = clock;
        this.reports = reports;
        ReadAhead readAhead = new ReadAhead(engine, background, this);
        Entries entries = new Entries(engine, readAhead);
        this.segments = new Segments(engine, entries);
        this.puts = new Puts(engine);
        this.cursor = new SharedCursor(engine, segments, entries, readAhead);
        this.fetches = new Fetches(segments, entries, readAhead);
        this.rollover = new Rollover(metadata, config.self());
        this.registrations = new Registrations(metadata, this, config.replicationFactor());
    }

    @Override
    public void enter() {
        engine.lock();
        nowMs = clock.currentTimeMillis();
        nowNs = clock.nanoTime();
    }

    @Override
    public void exit() {
        try {
            cursor.log(nowMs);
        } finally {
            engine.unlock();
        }
    }

    /// Takes up one request; its reply goes to the session's next slot, now or later.
    ///
    /// @param frame the body of the request; its content is not used after the call
    /// @return false if the log has no room for it at the moment: nothing happened, and it has to be given again
    public boolean request(Session session, ByteBuffer frame) {
        String error = parser.parse(frame);
        Slot slot = session.add();
        if (error != null) {
            slot.error(error);
            return true;
        }
        switch (parser.verb()) {
            case PUT -> {
                return put(session, slot, frame);
            }
            case GET -> {
                ServedTopic topic = topic(slot, frame);
                if (topic != null) {
                    cursor.get(topic, slot, nowNs);
                }
            }
            case FETCH -> {
                ServedTopic topic = topic(slot, frame);
                if (topic != null) {
                    fetches.fetch(topic, parser.segment(), parser.offset(), slot);
                }
            }
            case REGISTER -> register(slot);
            case STATE -> {
                ServedTopic topic = topic(slot, frame);
                if (topic != null) {
                    slot.json(reports.state(topic));
                }
            }
            case METRICS -> slot.json(reports.metrics(figures()));
            case HELP -> slot.text(Help.TEXT);
        }
        return true;
    }

    /// Answers a request that is longer than allowed and was not read.
    public void refuseLongFrame(Session session, long lengthBytes) {
        session.add().error(ErrorTexts.frameTooLarge(lengthBytes, config.maxFrameBytes()));
    }

    /// Takes up what the metadata says at start: open segments left over from an earlier run are sealed, all that is
    /// known of them being what the log kept; new ones are started.
    public void start(ClusterState state) {
        appliedVersion = state.version();
        for (Topic topic : state.topics().values()) {
            serve(topic, true);
        }
        segments.deleteGone(state);
        rollover.advance(nowNs);
    }

    /// Follows the metadata. What [#start] has seen already is passed over.
    public void applied(Applied applied) {
        ClusterState state = applied.state();
        if (state.version() <= appliedVersion) {
            return;
        }
        appliedVersion = state.version();
        for (Change change : applied.changes()) {
            switch (change) {
                case Change.TopicCreated(long topicId) -> changed(state, topicId);
                case Change.SegmentSealed(long topicId, long segment, boolean left) -> {
                    if (left) {
                        segments.delete(topicId, segment);
                    }
                    changed(state, topicId);
                }
                case Change.ReplicasChanged(long topicId, long _) -> changed(state, topicId);
                case Change.TopicTrimmed(long topicId, long _) -> changed(state, topicId);
                case Change.TopicDeleted(Topic topic) -> deleted(topic);
                case Change.ClusterInitialized _, Change.NodeChanged _ -> {}
                case Change.NodeRemoved _ -> {}
            }
        }
    }

    /// Whether [#committed] has something to do. From any thread.
    public boolean awaitsCommit() {
        return rollover.isWaiting() || cursor.isWaiting();
    }

    /// The log has committed more.
    public void committed() {
        cursor.committed();
        rollover.advance(nowNs);
    }

    /// The log has room again, or time has passed: takes up what was waiting and gives up on what waits too long.
    public void tick() {
        boolean monitor = nowNs - monitoredAtNs >= config.monitorCheckNs();
        if (monitor) {
            monitoredAtNs = nowNs;
        }
        for (ServedTopic topic : topics.all()) {
            if (topic.phase() == ServedTopic.Phase.OPENING) {
                open(topic);
            } else if (topic.isLeading()) {
                resume(topic, monitor);
            }
            puts.expire(topic, nowNs, config.requestTimeoutNs());
            cursor.expire(topic, nowNs, config.requestTimeoutNs());
        }
        cursor.committed();
        segments.deletePending();
        registrations.expire(nowNs, config.requestTimeoutNs());
        rollover.advance(nowNs);
        rollover.tick(nowNs);
    }

    /// Nothing more will be committed. From any thread.
    public void logFailed(String errorText) {
        logFailure = errorText;
    }

    /// Why nothing more will be committed, as the text of an error, or null while the log is well. From any thread.
    public @Nullable String logFailure() {
        return logFailure;
    }

    /// Figures for METRICS.
    public NodeFigures figures() {
        int leading = 0;
        for (ServedTopic topic : topics.all()) {
            leading += topic.isLeading() ? 1 : 0;
        }
        return new NodeFigures(topics.all().size(), leading, puts.accepted(), cursor.handedOut(), fetches.fetched());
    }

    private boolean put(Session session, Slot slot, ByteBuffer frame) {
        ServedTopic topic = topic(slot, frame);
        if (topic == null) {
            return true;
        }
        frame.position(parser.payloadFrom());
        if (!puts.put(topic, frame, slot, nowMs, nowNs)) {
            session.removeLast();
            return false;
        }
        sealIfFull(topic);
        return true;
    }

    private void register(Slot slot) {
        String name = parser.topic();
        ServedTopic topic = topics.find(name);
        if (topic != null && isServed(topic)) {
            slot.ok();
        } else {
            registrations.register(name, slot, nowNs);
        }
    }

    private @Nullable ServedTopic topic(Slot slot, ByteBuffer frame) {
        ServedTopic topic = topics.find(frame, parser.topicFrom(), parser.topicBytes());
        if (topic == null) {
            slot.error(ErrorTexts.unknownTopic(parser.topic()));
        }
        return topic;
    }

    private void changed(ClusterState state, long topicId) {
        Topic topic = state.topic(topicId);
        if (topic != null) {
            serve(topic, false);
        }
    }

    /// Brings this node's part in a topic up to what the metadata says.
    ///
    /// @param atStart whether streams found were written by an earlier run
    private void serve(Topic metadata, boolean atStart) {
        ServedTopic topic = topics.find(metadata.topicId());
        boolean openChanged =
                topic == null || topic.open().number() != metadata.open().number();
        if (topic == null) {
            topic = new ServedTopic(metadata);
            topics.add(topic);
        }
        topic.metadata(metadata);
        if (!openChanged) {
            return;
        }
        if (!metadata.open().replicas().contains(config.self())
                || metadata.open().leader() != config.self().nodeId()) {
            topic.unled();
            return;
        }
        cursor.advanceToStart(topic);
        LogStream left = segments.find(topic, topic.open().number());
        if (atStart && left != null) {
            cursor.recover(topic, left);
            rollover.begin(topic, left);
        } else {
            topic.opening();
            open(topic);
        }
    }

    private void open(ServedTopic topic) {
        if (segments.open(topic)) {
            resume(topic, false);
            registrations.served(topic.name());
        }
    }

    private void resume(ServedTopic topic, boolean monitor) {
        if (!topic.waitingPuts().isEmpty() || monitor) {
            puts.appendWaiting(topic, config.maxSegmentEntries(), nowMs);
            sealIfFull(topic);
        }
    }

    private void sealIfFull(ServedTopic topic) {
        if (topic.isLeading() && topic.stream().entries() >= config.maxSegmentEntries()) {
            rollover.begin(topic, topic.stream());
        }
    }

    private void deleted(Topic metadata) {
        ServedTopic topic = topics.find(metadata.topicId());
        if (topic != null) {
            String gone = ErrorTexts.unknownTopic(topic.name());
            puts.refuseWaiting(topic, gone);
            cursor.refuseWaiting(topic, gone);
            topic.unled();
            topics.remove(metadata.topicId());
        }
        segments.deleteAll(metadata);
    }

    private static boolean isServed(ServedTopic topic) {
        return switch (topic.phase()) {
            case UNLED, LEADING, FENCED, SEALING -> true;
            case OPENING -> false;
        };
    }
}
