package io.walrus.client;

import io.walrus.protocol.ErrorCode;
import io.walrus.protocol.ErrorTexts;
import io.walrus.protocol.Reply;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The outcome of a request.
public sealed interface Outcome {
    /// It was done.
    ///
    /// @param payload the node's answer, position to limit: an entry, FETCH's next offset and entry, JSON.
    /// Null where there is none, as for PUT
    record Done(@Nullable ByteBuffer payload) implements Outcome {}

    /// There is no entry at the moment.
    record Empty() implements Outcome {}

    /// It was not done, or is not known to be done.
    sealed interface Failed extends Outcome {
        /// One line for people.
        String message();
    }

    /// The node said no: nothing was done. [ErrorCode#category] says whether asking again may help.
    record Refused(String message) implements Failed {
        public ErrorCode code() {
            return ErrorCode.of(message);
        }
    }

    /// It may have been done, or may still be: the node said so, or the connection was lost before the reply. An entry
    /// may be in the log; a GET may have skipped one.
    record Unknown(String message) implements Failed {}

    /// No node answered, and nothing was done, unless doing it twice is the same as doing it once.
    record Unreachable(String message) implements Failed {}

    /// The outcome that a node's reply stands for.
    static Outcome of(Reply reply) {
        return switch (reply) {
            case Reply.Ok(ByteBuffer payload) -> new Done(payload);
            case Reply.Empty() -> new Empty();
            case Reply.Err(String message) ->
                switch (ErrorCode.of(message).category()) {
                    case UNKNOWN -> new Unknown(message);
                    case REFUSED, NOT_NOW, FAULT -> new Refused(message);
                };
        };
    }

    /// For a request that was sent and never answered.
    static Outcome noReply(String why) {
        return new Unknown(ErrorTexts.outcomeUnknown(why));
    }
}
