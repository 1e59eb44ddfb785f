package io.walrus.metadata;

import java.util.List;
import java.util.Objects;

/// The result of a command.
public sealed interface Result {
    /// Done, or nothing was left to do.
    record Ok() implements Result {}

    /// A topic was created.
    record Created(TopicView topic) implements Result {
        public Created {
            Objects.requireNonNull(topic, "topic");
        }
    }

    /// A topic of that name was there already.
    record Exists(TopicView topic) implements Result {
        public Exists {
            Objects.requireNonNull(topic, "topic");
        }
    }

    /// The segment was sealed and the chain extended; the view shows the new open segment.
    record Sealed(TopicView topic) implements Result {
        public Sealed {
            Objects.requireNonNull(topic, "topic");
        }
    }

    /// The state is past the one that the command expected; the view shows the present one.
    record Stale(TopicView topic) implements Result {
        public Stale {
            Objects.requireNonNull(topic, "topic");
        }
    }

    /// No topic has that id, now or any more.
    record UnknownTopic(long topicId) implements Result {}

    /// The command was refused and changed nothing; the reason is one line for people.
    record Rejected(String reason) implements Result {
        public Rejected {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /// The results of a batch's commands, in their order.
    record BatchResult(List<Result> results) implements Result {
        public BatchResult {
            results = List.copyOf(results);
        }
    }
}
