package io.walrus.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RepliesTest {
    private static final Map<ErrorCode, List<String>> TEXTS = Map.ofEntries(
            Map.entry(ErrorCode.EMPTY_COMMAND, List.of(ErrorTexts.emptyCommand())),
            Map.entry(
                    ErrorCode.UNKNOWN_COMMAND,
                    List.of(ErrorTexts.unknownCommand("requires"), ErrorTexts.unknownCommand(""))),
            Map.entry(ErrorCode.NOT_UTF8, List.of(ErrorTexts.notUtf8())),
            Map.entry(
                    ErrorCode.TOPIC_REQUIRED,
                    List.of(ErrorTexts.topicRequired(Verb.GET), ErrorTexts.topicRequired(Verb.FETCH))),
            Map.entry(ErrorCode.PAYLOAD_REQUIRED, List.of(ErrorTexts.payloadRequired())),
            Map.entry(ErrorCode.NUMBERS_REQUIRED, List.of(ErrorTexts.numbersRequired(Verb.SKIP))),
            Map.entry(ErrorCode.NODE_REQUIRED, List.of(ErrorTexts.nodeRequired(Verb.DRAIN))),
            Map.entry(ErrorCode.UNKNOWN_NODE, List.of(ErrorTexts.unknownNode(9))),
            Map.entry(ErrorCode.NOT_POSSIBLE, List.of(ErrorTexts.notPossible(Verb.REMOVE, "node 4 is active"))),
            Map.entry(
                    ErrorCode.UNEXPECTED_TEXT,
                    List.of(
                            ErrorTexts.unexpectedText(Verb.GET),
                            ErrorTexts.unexpectedText(Verb.HELP),
                            ErrorTexts.unexpectedText(Verb.FETCH))),
            Map.entry(ErrorCode.TOPIC_EMPTY, List.of(ErrorTexts.topicEmpty())),
            Map.entry(ErrorCode.TOPIC_TOO_LONG, List.of(ErrorTexts.topicTooLong(300))),
            Map.entry(ErrorCode.TOPIC_CHARACTERS, List.of(ErrorTexts.topicCharacters())),
            Map.entry(ErrorCode.ENTRY_TOO_LARGE, List.of(ErrorTexts.entryTooLarge(4_000_000, 3_932_080))),
            Map.entry(ErrorCode.FRAME_TOO_LARGE, List.of(ErrorTexts.frameTooLarge(1L << 32, 1 << 20))),
            Map.entry(ErrorCode.FRAME_INCOMPLETE, List.of(ErrorTexts.frameIncomplete())),
            Map.entry(ErrorCode.UNKNOWN_TOPIC, List.of(ErrorTexts.unknownTopic("x"))),
            Map.entry(ErrorCode.UNKNOWN_SEGMENT, List.of(ErrorTexts.unknownSegment("t", 9, 3))),
            Map.entry(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    List.of(ErrorTexts.offsetOutOfRange("t", 3, 12, 10), ErrorTexts.offsetNotThere("t", 3, 12, 10))),
            Map.entry(ErrorCode.NOT_READY, List.of(ErrorTexts.notReady("no leader yet"))),
            Map.entry(ErrorCode.DISK_FULL, List.of(ErrorTexts.diskFull("12 MiB free, 64 MiB needed"))),
            Map.entry(ErrorCode.SHUTTING_DOWN, List.of(ErrorTexts.shuttingDown())),
            Map.entry(ErrorCode.TOO_MANY_CONNECTIONS, List.of(ErrorTexts.tooManyConnections(10_000))),
            Map.entry(ErrorCode.OUTCOME_UNKNOWN, List.of(ErrorTexts.outcomeUnknown("the disk failed"))),
            Map.entry(ErrorCode.READ_ONLY, List.of(ErrorTexts.readOnly("the disk failed"))),
            Map.entry(ErrorCode.DATA_DAMAGED, List.of(ErrorTexts.dataDamaged("topic t, segment 3, offset 7"))),
            Map.entry(
                    ErrorCode.DATA_LOST,
                    List.of(
                            ErrorTexts.dataLost("segment 3 of topic t"),
                            ErrorTexts.withWayOn(ErrorTexts.dataLost("segment 3"), "t", 4, 0))),
            Map.entry(ErrorCode.INTERNAL, List.of(ErrorTexts.internal("a b"))),
            Map.entry(ErrorCode.OTHER, List.of("", " ", "no such text", "x", "GET", " requires a topic")));

    @Test
    void everyErrorIsToldApartByItsText() {
        assertThat(TEXTS.keySet()).isEqualTo(EnumSet.allOf(ErrorCode.class));
        TEXTS.forEach((code, texts) -> assertThat(texts).allSatisfy(text -> {
            assertThat(ErrorCode.of(text)).isEqualTo(code);
            assertThat(text.lines().count()).isLessThanOrEqualTo(1);
            assertThat(Reply.parse(body(new Reply.Err(text)))).isEqualTo(new Reply.Err(text));
        }));
    }

    @Test
    void aDetailNeverBreaksTheLine() {
        assertThat(ErrorTexts.internal("a\r\nb\u2028c\0")).isEqualTo("internal error: a??b?c?");
        assertThat(ErrorTexts.dataDamaged("x".repeat(10_000)))
                .hasSizeLessThan(500)
                .endsWith("…");
    }

    @Test
    void repliesLookAsDocumented() {
        assertThat(text(new Reply.Ok(null))).isEqualTo("OK");
        assertThat(text(new Reply.Ok(bytes("")))).isEqualTo("OK ");
        assertThat(text(new Reply.Ok(bytes(" a ")))).isEqualTo("OK  a ");
        assertThat(text(new Reply.Empty())).isEqualTo("EMPTY");
        assertThat(text(new Reply.Err("unknown topic é"))).isEqualTo("ERR unknown topic é");
    }

    @Test
    void readsWhatItWrites() {
        for (Reply reply : List.of(
                new Reply.Ok(null),
                new Reply.Ok(bytes("")),
                new Reply.Ok(bytes("EMPTY")),
                new Reply.Ok(bytes("\n\0 x")),
                new Reply.Empty(),
                new Reply.Err("boom"))) {
            assertThat(Reply.parse(body(reply))).isEqualTo(reply);
        }
    }

    @Test
    void takesBareJsonForAPayload() {
        assertThat(Reply.parse(bytes("{\"id\":1}"))).isEqualTo(new Reply.Ok(bytes("{\"id\":1}")));
    }

    @Test
    void tellsWhatIsNoReply() {
        assertThat(List.of("", "O", "OKAY", "ok", "EMPTY ", "EMPTYx", "ERR", "HTTP/1.1 400"))
                .allSatisfy(body -> assertThat(Reply.parse(bytes(body))).isNull());
    }

    @Test
    void aHeaderIsLittleEndianInAnyBuffer() {
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            ByteBuffer header = ByteBuffer.allocate(4).order(order);
            Frames.putHeader(header, 0x01020304);

            assertThat(header.array()).containsExactly(4, 3, 2, 1);
            assertThat(Frames.bodyBytes(header, 0)).isEqualTo(0x01020304);
        }
        assertThat(Frames.bodyBytes(ByteBuffer.wrap(new byte[] {-1, -1, -1, -1}), 0))
                .isEqualTo(4_294_967_295L);
    }

    @Test
    void requestsRefuseTopicsThatCannotTravel() {
        assertThat(TopicNames.violation("logs")).isNull();
        assertThat(List.of("", "a b", "a\nb", "x".repeat(250), "\ud800"))
                .allSatisfy(topic -> assertThatThrownBy(() -> new Request.Get(topic))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(TopicNames.violation(topic)));
        assertThatThrownBy(() -> new Request.Fetch("t", -1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String text(Reply reply) {
        return StandardCharsets.UTF_8.decode(body(reply)).toString();
    }

    private static ByteBuffer body(Reply reply) {
        ByteBuffer frame = reply.frame();
        assertThat(Frames.bodyBytes(frame, 0)).isEqualTo(frame.remaining() - Frames.HEADER_BYTES);
        return frame.position(Frames.HEADER_BYTES);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
