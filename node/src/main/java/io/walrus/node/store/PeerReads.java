package io.walrus.node.store;

import io.walrus.node.part.Part;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.PeerMessage.Read;
import io.walrus.node.peer.ReadKind;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.peer.ReplyTo;
import io.walrus.node.topic.Refusals;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.TopicTable;
import io.walrus.protocol.ErrorTexts;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Answers other nodes' reads of the segments stored here: committed entries, for clients; durable records, for copies
/// that are to get longer. Guarded by the node's lock.
public final class PeerReads implements Part {
    private record Waiting(ReplyTo from, Read read) {}

    /// By the node that has yet to take earlier answers.
    private final Map<Long, Deque<Waiting>> waiting = new HashMap<>();
    private final BlockReads blocks;
    private final Segments segments;
    private final TopicTable topics;
    private final DamagedCopies damaged;

    public PeerReads(BlockReads blocks, Segments segments, TopicTable topics, DamagedCopies damaged) {
        this.blocks = blocks;
        this.segments = segments;
        this.topics = topics;
        this.damaged = damaged;
    }

    /// Answers with a block, now or once it has been read from the disk, or later if the other node has yet to take
    /// earlier answers.
    public void read(ReplyTo from, Read read) {
        if (!waiting.containsKey(from.nodeId()) && from.takesMore()) {
            readNow(from, read);
        } else {
            waiting.computeIfAbsent(from.nodeId(), _ -> new ArrayDeque<>()).add(new Waiting(from, read));
        }
    }

    /// Goes on with reads of nodes that have taken earlier answers.
    @Override
    public void tick() {
        for (Deque<Waiting> ofNode : waiting.values()) {
            while (!ofNode.isEmpty() && ofNode.element().from.takesMore()) {
                Waiting next = ofNode.remove();
                readNow(next.from, next.read);
            }
        }
        waiting.values().removeIf(Deque::isEmpty);
    }

    private void readNow(ReplyTo from, Read read) {
        switch (read.kind()) {
            case ENTRIES -> {
                ServedTopic topic = topics.find(read.segment().topicId());
                Segments.Committed copy = topic == null
                        ? null
                        : segments.readable(topic, read.segment().segment(), read.from());
                if (copy == null
                        && topic != null
                        && segments.isShort(topic, read.segment().segment())) {
                    from.answer(new PeerMessage.Failed(
                            read.id(), ErrorTexts.dataLost("this node's copy ends before offset " + read.from())));
                } else {
                    read(from, read, copy == null ? null : copy.stream(), copy == null ? 0 : copy.entries());
                }
            }
            case RECORDS -> read(from, read, segments.withRecords(read.segment(), read.from()), Long.MAX_VALUE);
        }
    }

    private void read(ReplyTo from, Read read, @Nullable LogStream copy, long end) {
        if (copy == null) {
            from.answer(new PeerMessage.Stale(read.id()));
        } else {
            long upTo = Math.min(read.upTo(), end);
            int bytes = Math.clamp(read.maxBytes(), 1, BlockReads.BLOCK_BYTES);
            from.hold(bytes);
            blocks.read(read.kind(), copy, read.from(), bytes, (found, failure) -> {
                from.hold(-bytes);
                from.answer(answer(read, copy, found, upTo, failure));
            });
        }
    }

    private PeerMessage.Answer answer(
            Read read, LogStream copy, ReadBuffer found, long upTo, @Nullable IOException failure) {
        if (failure == null) {
            RecordBlock block = RecordBlock.of(read.from(), found, upTo);
            // Entries may yet come at that place; a copy without the records asked for is the wrong one to ask.
            boolean hasNone = read.kind() == ReadKind.RECORDS && block.count() == 0;
            return hasNone ? new PeerMessage.Stale(read.id()) : new PeerMessage.Block(read.id(), block);
        }
        // Others are asked by whoever wants to know.
        boolean _ = damaged.failed(copy, failure);
        return read.kind() == ReadKind.ENTRIES && Refusals.isGone(failure)
                ? new PeerMessage.Stale(read.id())
                : new PeerMessage.Failed(read.id(), Refusals.text(failure));
    }
}
