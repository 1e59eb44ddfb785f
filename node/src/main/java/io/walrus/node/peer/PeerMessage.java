package io.walrus.node.peer;

import io.walrus.metadata.CursorPosition;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/// What nodes tell each other. Payloads are views of the bytes that came in, valid as long as those are.
public sealed interface PeerMessage {
    /// Says who is speaking; the first message in either direction.
    record Hello(long nodeId, UUID clusterId, Terms terms) implements PeerMessage {
        public Hello {
            Objects.requireNonNull(clusterId, "clusterId");
            Objects.requireNonNull(terms, "terms");
        }
    }

    /// Shows that the sender is there.
    record Ping() implements PeerMessage {}

    /// Something that the receiver answers under the same id.
    sealed interface Request extends PeerMessage {
        long id();
    }

    /// Something that only the leader of a topic's open segment does.
    sealed interface ForLeader extends Request {
        long topicId();

        /// The segment that has to be the open one.
        long segment();

        /// How long the request may wait there.
        int timeoutMs();
    }

    /// Something about the copies that the receiver stores.
    sealed interface ForCopy extends Request {}

    /// Appends an entry, if `segment` is the topic's open one and the receiver leads it.
    record Put(long id, long topicId, long segment, int timeoutMs, ByteBuffer payload) implements ForLeader {}

    /// Hands out the next entry, on the same condition.
    ///
    /// @param maxBytes for which the sender has room: a longer entry is not handed out
    /// @param course the same for GETs of a topic that are asked one behind the other. Once one of them was
    ///     answered [Longer], all behind it are: it is to go first when they are asked again
    record Get(long id, long topicId, long segment, int timeoutMs, int maxBytes, int course) implements ForLeader {}

    /// Moves the topic's cursor on, on the same condition.
    ///
    /// @param to where it is to stand, if it is before that
    /// @param isDryRun whether it is only told what that would pass over
    record Skip(long id, long topicId, long segment, int timeoutMs, CursorPosition to, boolean isDryRun)
            implements ForLeader {}

    /// Renders STATE.
    record State(long id, long topicId) implements Request {}

    /// Reads a segment from `from` to before `upTo`, as many as a block holds.
    ///
    /// @param maxBytes how many bytes of payload are wanted at most, or one entry if that is longer
    record Read(long id, SegmentKey segment, ReadKind kind, long from, long upTo, int maxBytes) implements ForCopy {}

    /// Takes nothing more for these segments from their leaders, and says how long the copies on that disk are.
    record Fence(long id, UUID diskId, List<SegmentKey> segments) implements ForCopy {
        public Fence {
            segments = List.copyOf(segments);
        }
    }

    /// Says how long the copy of this open segment on that disk is, and changes nothing.
    record Measure(long id, UUID diskId, SegmentKey segment) implements ForCopy {}

    /// Makes the receiver's copy of a fenced segment `upTo` records long, from that of another node.
    record Fill(long id, SegmentKey segment, long upTo, long fromNode) implements ForCopy {}

    /// Says of which of these sealed segments the copies on that disk are whole.
    record Holds(long id, UUID diskId, List<HeldSegment> segments) implements ForCopy {
        public Holds {
            segments = List.copyOf(segments);
        }
    }

    /// What became of something asked.
    sealed interface Answer extends PeerMessage {
        long id();
    }

    record Done(long id) implements Answer {}

    record Payload(long id, ByteBuffer payload) implements Answer {}

    record Json(long id, String body) implements Answer {}

    record Empty(long id) implements Answer {}

    /// The text of an `ERR`.
    record Failed(long id, String message) implements Answer {}

    /// Nothing was done: that segment is not the open one any more, or not led by the one asked.
    record Stale(long id) implements Answer {}

    /// Nothing was done: the next entry has so many bytes, more than the asker has room for, here or for a GET before.
    record Longer(long id, int bytes) implements Answer {}

    /// Entries or records read; no entries if there are none at that place.
    record Block(long id, RecordBlock records) implements Answer {}

    /// The copies that took the fence, which is durable by now; those that couldn't are left out.
    record Fenced(long id, List<CopyLength> copies) implements Answer {
        public Fenced {
            copies = List.copyOf(copies);
        }
    }

    /// How long a copy is at the moment.
    record Measured(long id, CopyLength copy) implements Answer {}

    /// The segments that the receiver has all of, is listed for as was asked, and keeps until their copies move.
    record Held(long id, List<SegmentKey> segments) implements Answer {
        public Held {
            segments = List.copyOf(segments);
        }
    }

    /// Part of a leader's batch of records.
    sealed interface OfBatch extends PeerMessage {}

    /// Records of a segment that its leader, the sender, has appended. None if it only asks whether that would be
    /// taken.
    record Copy(SegmentKey segment, RecordBlock records) implements OfBatch {
        /// The same with bytes of its own.
        public Copy copied() {
            return new Copy(segment, records.copied());
        }
    }

    /// Ends a batch of [Copy]s, which are answered together.
    ///
    /// @param batch the sender's number of it
    record CopiesEnd(long batch) implements OfBatch {}

    /// What became of each [Copy] of a batch, in their order. What was taken is durable.
    record Copied(long batch, List<CopyOutcome> outcomes) implements PeerMessage {
        public Copied {
            outcomes = List.copyOf(outcomes);
        }
    }

    /// The sender takes copies of this segment from now on: it had not heard of it when they came.
    record Follows(SegmentKey segment) implements PeerMessage {}

    /// A node's question to the metadata's leader whether all is as it knows it.
    ///
    /// @param sentNs the sender's clock, for the answer
    /// @param health the sender's log
    record Sync(long sentNs, LogHealth health) implements PeerMessage {}

    /// Only the metadata's leader answers.
    ///
    /// @param version of the metadata at the leader
    /// @param nodes what the leader knows of each node, itself included
    record Synced(long sentNs, long version, List<NodeReport> nodes) implements PeerMessage {
        public Synced {
            nodes = List.copyOf(nodes);
        }
    }
}
