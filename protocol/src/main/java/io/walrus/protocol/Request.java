package io.walrus.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A client's request. Topics are checked against [TopicNames]; payloads are any bytes.
public sealed interface Request {
    /// Behind a request that is to be carried out though it may cost copies, or entries.
    String FORCE = " force";

    /// Behind a request of which only the effect is asked for.
    String DRY_RUN = " dry-run";

    /// Creates the topic unless it exists.
    record Register(String topic) implements Request {
        public Register {
            requireTopic(topic);
        }
    }

    /// Appends an entry.
    ///
    /// @param payload the entry, position to limit; never changed after
    record Put(String topic, ByteBuffer payload) implements Request {
        public Put {
            requireTopic(topic);
        }
    }

    /// Takes the next entry that no client was handed yet.
    record Get(String topic) implements Request {
        public Get {
            requireTopic(topic);
        }
    }

    /// Describes a topic's segments.
    record State(String topic) implements Request {
        public State {
            requireTopic(topic);
        }
    }

    /// Describes the node, and the cluster as the node sees it.
    record Metrics() implements Request {}

    /// Reads the entry at an offset, leaving the cursor alone.
    record Fetch(String topic, long segment, long offset) implements Request {
        public Fetch {
            requireTopic(topic);
            if (segment < 0 || offset < 0) {
                throw new IllegalArgumentException(ErrorTexts.numbersRequired(Verb.FETCH));
            }
        }
    }

    /// Moves a topic's cursor on to an entry, past those before it.
    ///
    /// @param isDryRun whether it is only told what that would pass over
    record Skip(String topic, long segment, long offset, boolean isDryRun) implements Request {
        public Skip {
            requireTopic(topic);
            if (segment < 0 || offset < 0) {
                throw new IllegalArgumentException(ErrorTexts.numbersRequired(Verb.SKIP));
            }
        }
    }

    /// Seals a topic's open segment with what is left of its copies, though too few are for the cluster to do so.
    ///
    /// @param isForced whether nodes count as lost that have been silent only for a short while
    /// @param isDryRun whether it is only told what that would leave
    record Seal(String topic, boolean isForced, boolean isDryRun) implements Request {
        public Seal {
            requireTopic(topic);
        }
    }

    /// Describes all nodes, as the asked one knows them.
    record Cluster() implements Request {}

    /// Has other nodes lead and store in a node's place.
    ///
    /// @param isForced whether fewer active nodes may be left than each segment has copies
    record Drain(long node, boolean isForced) implements Request {
        public Drain {
            requireNode(node);
        }
    }

    /// Lets a node lead and store again.
    record Resume(long node) implements Request {
        public Resume {
            requireNode(node);
        }
    }

    /// Takes a node that was drained out of the cluster.
    record Remove(long node) implements Request {
        public Remove {
            requireNode(node);
        }
    }

    /// Lists the commands.
    record Help() implements Request {}

    /// The frame's body up to the payload, which only PUT has. A whole body otherwise.
    default byte[] head() {
        String head =
                switch (this) {
                    case Register(String topic) -> "REGISTER " + topic;
                    case Put put -> "PUT " + put.topic() + ' ';
                    case Get(String topic) -> "GET " + topic;
                    case State(String topic) -> "STATE " + topic;
                    case Metrics() -> "METRICS";
                    case Fetch(String topic, long segment, long offset) ->
                        "FETCH " + topic + ' ' + segment + ' ' + offset;
                    case Skip(String topic, long segment, long offset, boolean isDryRun) ->
                        "SKIP " + topic + ' ' + segment + ' ' + offset + (isDryRun ? DRY_RUN : "");
                    case Seal(String topic, boolean isForced, boolean isDryRun) ->
                        "SEAL " + topic + (isForced ? FORCE : "") + (isDryRun ? DRY_RUN : "");
                    case Cluster() -> "CLUSTER";
                    case Drain(long node, boolean isForced) -> "DRAIN " + node + (isForced ? FORCE : "");
                    case Resume(long node) -> "RESUME " + node;
                    case Remove(long node) -> "REMOVE " + node;
                    case Help() -> "HELP";
                };
        return head.getBytes(StandardCharsets.UTF_8);
    }

    private static void requireNode(long node) {
        if (node < 1) {
            throw new IllegalArgumentException("a node's number is 1 or more");
        }
    }

    private static void requireTopic(String topic) {
        String violation = TopicNames.violation(topic);
        if (violation != null) {
            throw new IllegalArgumentException(violation);
        }
    }
}
