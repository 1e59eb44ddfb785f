package io.walrus.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads the body of a request frame where it lies. Made once and used for request after request; a well-formed request
/// costs no allocation until [#topic], [#payload] or [#request] is asked for.
///
/// ```text
/// PUT topic payload…
/// │   │     └ payloadFrom, payloadBytes: all the rest, kept to the byte
/// │   └ topicFrom, topicBytes: ends at one space
/// └ verb: ends at one space
/// ```
///
/// Indices are absolute in the buffer given to [#parse], whose position and limit (the body's bounds) are left as they
/// are. What was found is valid until the next [#parse] and as long as the buffer's content is. Not thread-safe.
public final class RequestParser {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer body = NOTHING;
    private Verb verb = Verb.HELP;
    private @Nullable String error;
    private int topicFrom;
    private int topicBytes;
    private int payloadFrom;
    private int payloadBytes;
    private long segment;
    private long offset;
    private long node;
    private boolean forced;
    private boolean dryRun;

    /// Reads the body between the buffer's position and limit.
    ///
    /// @return the text of the error to answer with, or null if the request is well-formed
    public @Nullable String parse(ByteBuffer buffer) {
        body = buffer;
        topicFrom = 0;
        topicBytes = 0;
        payloadFrom = 0;
        payloadBytes = 0;
        segment = 0;
        offset = 0;
        node = 0;
        forced = false;
        dryRun = false;
        error = parseBody(buffer.position(), buffer.limit());
        return error;
    }

    public Verb verb() {
        requireWellFormed();
        return verb;
    }

    /// Where the topic's bytes begin; [#topicBytes] is 0 for a verb without a topic.
    public int topicFrom() {
        return topicFrom;
    }

    public int topicBytes() {
        return topicBytes;
    }

    /// The topic as a new string.
    public String topic() {
        requireWellFormed();
        return text(topicFrom, topicFrom + topicBytes);
    }

    /// Where PUT's payload begins; it goes on to the end of the body. 0 for all other verbs.
    public int payloadFrom() {
        return payloadFrom;
    }

    /// PUT's payload as a view of the body.
    public ByteBuffer payload() {
        requireWellFormed();
        return body.slice(payloadFrom, payloadBytes);
    }

    /// The segment FETCH and SKIP name, at least 0.
    public long segment() {
        return segment;
    }

    /// The offset FETCH and SKIP name, at least 0: an entry's number within the segment, counted from 0.
    public long offset() {
        return offset;
    }

    /// The node that DRAIN, RESUME and REMOVE name, at least 1.
    public long node() {
        return node;
    }

    /// Whether DRAIN is to be carried out though copies are lost by it, SEAL though nodes may come back.
    public boolean isForced() {
        return forced;
    }

    /// Whether SKIP and SEAL only tell what they would do.
    public boolean isDryRun() {
        return dryRun;
    }

    /// The request as a value of its own, payload copied.
    public Request request() {
        return switch (verb()) {
            case REGISTER -> new Request.Register(topic());
            case PUT -> new Request.Put(topic(), copyOf(payload()));
            case GET -> new Request.Get(topic());
            case STATE -> new Request.State(topic());
            case METRICS -> new Request.Metrics();
            case FETCH -> new Request.Fetch(topic(), segment, offset);
            case SKIP -> new Request.Skip(topic(), segment, offset, dryRun);
            case SEAL -> new Request.Seal(topic(), forced, dryRun);
            case CLUSTER -> new Request.Cluster();
            case DRAIN -> new Request.Drain(node, forced);
            case RESUME -> new Request.Resume(node);
            case REMOVE -> new Request.Remove(node);
            case HELP -> new Request.Help();
        };
    }

    private @Nullable String parseBody(int from, int to) {
        int contentEnd = withoutTrailingWhiteSpace(from, to);
        if (contentEnd == from) {
            return ErrorTexts.emptyCommand();
        }
        int verbEnd = spaceOrEnd(from, contentEnd);
        Verb found = Verb.of(body, from, verbEnd);
        if (found == null) {
            return Utf8.isValid(body, from, verbEnd)
                    ? ErrorTexts.unknownCommand(text(from, verbEnd))
                    : ErrorTexts.notUtf8();
        }
        verb = found;
        return switch (found) {
            case PUT -> parsePut(verbEnd, to, contentEnd);
            case REGISTER, GET, STATE, SEAL -> parseTopicOnly(verbEnd, contentEnd);
            case FETCH, SKIP -> parsePlace(verbEnd, contentEnd);
            case DRAIN, RESUME, REMOVE -> parseNode(verbEnd, contentEnd);
            case METRICS, CLUSTER, HELP -> verbEnd == contentEnd ? null : ErrorTexts.unexpectedText(found);
        };
    }

    private @Nullable String parsePut(int verbEnd, int to, int contentEnd) {
        if (verbEnd == contentEnd) {
            return ErrorTexts.topicRequired(verb);
        }
        int topicEnd = spaceOrEnd(verbEnd + 1, to);
        if (topicEnd == to) {
            return ErrorTexts.payloadRequired();
        }
        payloadFrom = topicEnd + 1;
        payloadBytes = to - payloadFrom;
        return parseTopic(verbEnd, topicEnd);
    }

    private @Nullable String parseTopicOnly(int verbEnd, int contentEnd) {
        if (verbEnd == contentEnd) {
            return ErrorTexts.topicRequired(verb);
        }
        int topicEnd = spaceOrEnd(verbEnd + 1, contentEnd);
        String violation = parseTopic(verbEnd, topicEnd);
        if (violation != null) {
            return violation;
        }
        return parseOptions(topicEnd, contentEnd);
    }

    private @Nullable String parsePlace(int verbEnd, int contentEnd) {
        if (verbEnd == contentEnd) {
            return ErrorTexts.topicRequired(verb);
        }
        int topicEnd = spaceOrEnd(verbEnd + 1, contentEnd);
        String violation = parseTopic(verbEnd, topicEnd);
        if (violation != null) {
            return violation;
        }
        int segmentEnd = topicEnd == contentEnd ? contentEnd : spaceOrEnd(topicEnd + 1, contentEnd);
        if (segmentEnd == contentEnd) {
            return ErrorTexts.numbersRequired(verb);
        }
        int offsetEnd = spaceOrEnd(segmentEnd + 1, contentEnd);
        segment = Decimal.parse(body, topicEnd + 1, segmentEnd);
        offset = Decimal.parse(body, segmentEnd + 1, offsetEnd);
        if (segment == Decimal.INVALID || offset == Decimal.INVALID) {
            return ErrorTexts.numbersRequired(verb);
        }
        return parseOptions(offsetEnd, contentEnd);
    }

    private @Nullable String parseNode(int verbEnd, int contentEnd) {
        int nodeEnd = verbEnd == contentEnd ? contentEnd : spaceOrEnd(verbEnd + 1, contentEnd);
        node = verbEnd == contentEnd ? Decimal.INVALID : Decimal.parse(body, verbEnd + 1, nodeEnd);
        if (node == Decimal.INVALID || node == 0) {
            return ErrorTexts.nodeRequired(verb);
        }
        return parseOptions(nodeEnd, contentEnd);
    }

    /// Each once, in any order, with one space before it.
    private @Nullable String parseOptions(int from, int to) {
        int next = from;
        while (next < to) {
            int end = spaceOrEnd(next + 1, to);
            if (!forced && verb.takesForce() && is(Request.FORCE, next, end)) {
                forced = true;
            } else if (!dryRun && verb.takesDryRun() && is(Request.DRY_RUN, next, end)) {
                dryRun = true;
            } else {
                return ErrorTexts.unexpectedText(verb);
            }
            next = end;
        }
        return null;
    }

    private boolean is(String word, int from, int to) {
        if (to - from != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (Character.toLowerCase((char) body.get(from + i)) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private @Nullable String parseTopic(int verbEnd, int topicEnd) {
        topicFrom = verbEnd + 1;
        topicBytes = topicEnd - topicFrom;
        return TopicNames.violation(body, topicFrom, topicEnd);
    }

    private int spaceOrEnd(int from, int to) {
        int index = from;
        while (index < to && body.get(index) != ' ') {
            index++;
        }
        return index;
    }

    private int withoutTrailingWhiteSpace(int from, int to) {
        int end = to;
        while (end > from && isWhiteSpace(body.get(end - 1))) {
            end--;
        }
        return end;
    }

    private static boolean isWhiteSpace(byte value) {
        return value == ' ' || (value >= '\t' && value <= '\r');
    }

    private String text(int from, int to) {
        return StandardCharsets.UTF_8.decode(body.slice(from, to - from)).toString();
    }

    private void requireWellFormed() {
        if (error != null) {
            throw new IllegalStateException("the request is malformed: " + error);
        }
    }

    private static ByteBuffer copyOf(ByteBuffer view) {
        return ByteBuffer.allocate(view.remaining()).put(view).flip();
    }
}
