package io.walrus.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {
    private final RequestParser parser = new RequestParser();

    @Test
    void readsEveryVerb() {
        assertThat(request("REGISTER t")).isEqualTo(new Request.Register("t"));
        assertThat(request("PUT t some text")).isEqualTo(new Request.Put("t", bytes("some text")));
        assertThat(request("GET t")).isEqualTo(new Request.Get("t"));
        assertThat(request("STATE t")).isEqualTo(new Request.State("t"));
        assertThat(request("METRICS")).isEqualTo(new Request.Metrics());
        assertThat(request("FETCH t 3 17")).isEqualTo(new Request.Fetch("t", 3, 17));
        assertThat(request("CLUSTER")).isEqualTo(new Request.Cluster());
        assertThat(request("SKIP t 3 17")).isEqualTo(new Request.Skip("t", 3, 17, false));
        assertThat(request("skip t 3 0 DRY-run")).isEqualTo(new Request.Skip("t", 3, 0, true));
        assertThat(request("SEAL t")).isEqualTo(new Request.Seal("t", false, false));
        assertThat(request("seal t dry-run force")).isEqualTo(new Request.Seal("t", true, true));
        assertThat(request("drain 4")).isEqualTo(new Request.Drain(4, false));
        assertThat(request("drain 4 force")).isEqualTo(new Request.Drain(4, true));
        assertThat(request("RESUME 4 ")).isEqualTo(new Request.Resume(4));
        assertThat(request("REMOVE 9223372036854775807")).isEqualTo(new Request.Remove(Long.MAX_VALUE));
        assertThat(request("HELP")).isEqualTo(new Request.Help());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " 0", " -1", " x", "  4", " 4x", " 9223372036854775808"})
    void asksForANodeWhereThereIsNone(String rest) {
        assertThat(parser.parse(bytes("DRAIN" + rest)))
                .isEqualTo("DRAIN requires a node, a whole number from 1 to 9223372036854775807");
    }

    @Test
    void everyRequestSurvivesTheTripThroughItsBody() {
        for (Request request : new Request[] {
            new Request.Register("tøpic"),
            new Request.Get("t"),
            new Request.State("日本"),
            new Request.Metrics(),
            new Request.Fetch("t", Long.MAX_VALUE, 0),
            new Request.Skip("t", 1, Long.MAX_VALUE, false),
            new Request.Skip("t", 0, 0, true),
            new Request.Seal("t", false, false),
            new Request.Seal("t", true, true),
            new Request.Cluster(),
            new Request.Drain(1, false),
            new Request.Drain(1, true),
            new Request.Resume(2),
            new Request.Remove(Long.MAX_VALUE),
            new Request.Help()
        }) {
            assertThat(parser.parse(ByteBuffer.wrap(request.head()))).isNull();
            assertThat(parser.request()).isEqualTo(request);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"get t", "Get t", "gEt t"})
    void takesCommandsInAnyMixOfCases(String body) {
        assertThat(request(body)).isEqualTo(new Request.Get("t"));
    }

    @Test
    void topicsKeepTheirCase() {
        assertThat(request("GET Logs")).isEqualTo(new Request.Get("Logs"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "  lead", "trail  ", "a b  c", "line\r\n", "\t\n", "\0", "ünï"})
    void keepsPutsPayloadToTheByte(String payload) {
        assertThat(request("PUT t " + payload)).isEqualTo(new Request.Put("t", bytes(payload)));
    }

    @Test
    void keepsPayloadsThatAreNoText() {
        ByteBuffer body = ByteBuffer.allocate(6 + 256).put(bytes("PUT t "));
        ByteBuffer payload = ByteBuffer.allocate(256);
        for (int i = 0; i < 256; i++) {
            body.put((byte) i);
            payload.put((byte) i);
        }

        assertThat(parser.parse(body.flip())).isNull();

        assertThat(parser.payload()).isEqualTo(payload.flip());
        assertThat(parser.request()).isEqualTo(new Request.Put("t", payload));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET t ", "GET t\n", "GET t\r\n", "GET t \t \f", "GET t\u000b"})
    void passesOverTrailingWhiteSpace(String body) {
        assertThat(request(body)).isEqualTo(new Request.Get("t"));
    }

    @Test
    void passesOverTrailingWhiteSpaceAfterEveryVerbButPut() {
        assertThat(request("REGISTER t \r\n")).isEqualTo(new Request.Register("t"));
        assertThat(request("STATE t \r\n")).isEqualTo(new Request.State("t"));
        assertThat(request("METRICS \r\n")).isEqualTo(new Request.Metrics());
        assertThat(request("FETCH t 1 2 \r\n")).isEqualTo(new Request.Fetch("t", 1, 2));
        assertThat(request("HELP\n")).isEqualTo(new Request.Help());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "''|empty command: HELP lists the commands",
                "' '|empty command: HELP lists the commands",
                "'\t\r'|empty command: HELP lists the commands",
                "FLY t|unknown command FLY: HELP lists the commands",
                " GET t|unknown command : HELP lists the commands",
                "GETT|unknown command GETT: HELP lists the commands",
                "GET\tt|unknown command GET?t: HELP lists the commands",
                "@ET t|unknown command @ET: HELP lists the commands",
                "GET|GET requires a topic",
                "get |GET requires a topic",
                "REGISTER|REGISTER requires a topic",
                "STATE|STATE requires a topic",
                "FETCH|FETCH requires a topic",
                "SKIP|SKIP requires a topic",
                "SEAL|SEAL requires a topic",
                "SKIP t|SKIP requires a segment and an offset, whole numbers from 0 to 9223372036854775807",
                "SKIP t 1 x|SKIP requires a segment and an offset, whole numbers from 0 to 9223372036854775807",
                "SKIP t 1 2 3|SKIP takes nothing after the offset but dry-run",
                "SKIP t 1 2 force|SKIP takes nothing after the offset but dry-run",
                "SKIP t 1 2 dry-run dry-run|SKIP takes nothing after the offset but dry-run",
                "SEAL t now|SEAL takes nothing after the topic but force and dry-run",
                "SEAL t force  dry-run|SEAL takes nothing after the topic but force and dry-run",
                "DRAIN 1 dry-run|DRAIN takes nothing after the node",
                "PUT|PUT requires a topic",
                "PUT |PUT requires a topic",
                "PUT t|PUT requires a payload",
                "GET  t|topic is empty: exactly one space stands between command and topic",
                "PUT  t x|topic is empty: exactly one space stands between command and topic",
                "GET t x|GET takes nothing after the topic",
                "GET t  x|GET takes nothing after the topic",
                "REGISTER t x|REGISTER takes nothing after the topic",
                "STATE t x|STATE takes nothing after the topic",
                "METRICS x|METRICS takes nothing after the command",
                "CLUSTER x|CLUSTER takes nothing after the command",
                "DRAIN 1 2|DRAIN takes nothing after the node",
                "HELP PUT|HELP takes nothing after the command",
                "FETCH t 1 2 3|FETCH takes nothing after the offset",
            })
    void answersEachMistakeWithItsOwnText(String body, String error) {
        assertThat(parser.parse(bytes(body))).isEqualTo(error);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET a\tb",
                "PUT a\nb x",
                "GET a\u00a0b",
                "GET a\u2028b",
                "GET a\u3000b",
                "GET a\u007fb",
                "GET a\u0085b",
                "GET \0"
            })
    void refusesTopicsWithSpacesOrControlCharacters(String body) {
        assertThat(parser.parse(bytes(body))).isEqualTo("topic must not contain spaces or control characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FETCH t",
                "FETCH t 1",
                "FETCH t 1 x",
                "FETCH t x 1",
                "FETCH t -1 0",
                "FETCH t +1 0",
                "FETCH t 1.0 0",
                "FETCH t  1 0",
                "FETCH t 1  0",
                "FETCH t 9223372036854775808 0",
                "FETCH t 0 18446744073709551615",
                "FETCH t 0 99999999999999999999999"
            })
    void refusesNumbersThatAreNone(String body) {
        assertThat(parser.parse(bytes(body)))
                .isEqualTo("FETCH requires a segment and an offset, whole numbers from 0 to 9223372036854775807");
    }

    @Test
    void takesTheLargestNumbersAndLeadingZeros() {
        assertThat(request("FETCH t 9223372036854775807 000000000000000000000000000007"))
                .isEqualTo(new Request.Fetch("t", Long.MAX_VALUE, 7));
    }

    @Test
    void countsATopicsLengthInBytes() {
        assertThat(request("GET " + "x".repeat(249))).isEqualTo(new Request.Get("x".repeat(249)));
        assertThat(request("GET " + "日".repeat(83))).isEqualTo(new Request.Get("日".repeat(83)));
        assertThat(parser.parse(bytes("GET " + "x".repeat(250))))
                .isEqualTo("topic is too long: 250 bytes, at most 249 are allowed");
        assertThat(parser.parse(bytes("GET " + "日".repeat(83) + "x")))
                .isEqualTo("topic is too long: 250 bytes, at most 249 are allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"80", "c0af", "c1bf", "c3", "e282", "eda080", "f4908080", "f5808080", "e0809f", "f08fbfbf", "ff"
            })
    void refusesTopicsAndCommandsThatAreNoUtf8(String hex) {
        byte[] bad = HexFormat.of().parseHex(hex);

        assertThat(parser.parse(joined("GET ", bad))).isEqualTo("command and topic must be valid UTF-8");
        assertThat(parser.parse(joined("PUT a", bad, " x".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("command and topic must be valid UTF-8");
        assertThat(parser.parse(joined("", bad))).isEqualTo("command and topic must be valid UTF-8");
    }

    @Test
    void takesTopicsOfAllPlanes() {
        String topic = "a\u00e9\u20ac\ud83d\ude00\ud7ff\ue000\udbff\udfff";

        assertThat(request("GET " + topic)).isEqualTo(new Request.Get(topic));
    }

    @Test
    void quotesAnUnknownCommandShortAndOnOneLine() {
        assertThat(parser.parse(bytes("x\ny".repeat(50))))
                .isEqualTo("unknown command " + "x?y".repeat(11).substring(0, 32) + "…: HELP lists the commands");
    }

    @Test
    void tellsWhereThingsLieInABufferThatHoldsMore() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(100);
        buffer.position(10).put(bytes("PUT log one"));
        buffer.position(10).limit(21);

        assertThat(parser.parse(buffer)).isNull();

        assertThat(parser.verb()).isEqualTo(Verb.PUT);
        assertThat(parser.topicFrom()).isEqualTo(14);
        assertThat(parser.topicBytes()).isEqualTo(3);
        assertThat(parser.payloadFrom()).isEqualTo(18);
        assertThat(parser.payload().remaining()).isEqualTo(3);
        assertThat(buffer.position()).isEqualTo(10);
        assertThat(buffer.limit()).isEqualTo(21);
    }

    @Test
    void forgetsTheLastRequest() {
        assertThat(request("PUT t x")).isNotNull();
        assertThat(parser.parse(bytes("METRICS"))).isNull();

        assertThat(parser.topicBytes()).isZero();
        assertThat(parser.payload().remaining()).isZero();
        assertThat(parser.parse(bytes("nonsense"))).isNotNull();
        assertThatThrownBy(parser::verb).isInstanceOf(IllegalStateException.class);
    }

    private Request request(String body) {
        assertThat(parser.parse(bytes(body))).isNull();
        return parser.request();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer joined(String text, byte[]... more) {
        ByteBuffer joined = ByteBuffer.allocate(100).put(bytes(text));
        for (byte[] part : more) {
            joined.put(part);
        }
        return joined.flip();
    }
}
