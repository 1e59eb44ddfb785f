package io.walrus.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Random bodies, most of them near to well-formed ones: the parser answers each with a request or one line of its own,
/// and never looks outside.
class ParserFuzzTest {
    private static final int ROUNDS = 300_000;
    private static final String[] PIECES = {
        "PUT",
        "GET",
        "REGISTER",
        "STATE",
        "METRICS",
        "FETCH",
        "SKIP",
        "SEAL",
        "force",
        "dry-run",
        "HELP",
        "put",
        " ",
        " ",
        "  ",
        "t",
        "logs",
        "0",
        "17",
        "-1",
        "9223372036854775808",
        "\n",
        "\t",
        "\0",
        "é",
        "日本",
        "\ud83d\ude00",
        "\u2028",
        "x".repeat(250)
    };

    private final long seed = Long.getLong("walrus.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RequestParser parser = new RequestParser();

    @Test
    void answersWithARequestOrAnErrorOfItsOwn() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] body = body();
            String error = parser.parse(ByteBuffer.wrap(body));
            String where = "seed " + seed + ", round " + round;
            if (error == null) {
                assertThat(bodyOf(parser.request())).as(where).isEqualTo(normalised(body));
            } else {
                assertThat(error.lines()).as(where).hasSize(1);
                assertThat(ErrorCode.of(error)).as(where + ": " + error).isNotEqualTo(ErrorCode.OTHER);
                assertThat(ErrorCode.of(error).category()).as(where).isEqualTo(ErrorCode.Category.REFUSED);
            }
        }
    }

    @Test
    void whatLiesAroundTheBodyMakesNoDifference() {
        RequestParser other = new RequestParser();
        for (int round = 0; round < ROUNDS; round++) {
            byte[] body = body();
            byte[] before = body();
            byte[] after = body();
            ByteBuffer middle = ByteBuffer.allocate(before.length + body.length + after.length);
            middle.put(before).put(body).put(after);
            middle.position(before.length).limit(before.length + body.length);

            String alone = parser.parse(ByteBuffer.wrap(body));

            assertThat(other.parse(middle)).as("seed %d, round %d", seed, round).isEqualTo(alone);
            if (alone == null) {
                assertThat(other.request()).as("seed %d, round %d", seed, round).isEqualTo(parser.request());
            }
        }
    }

    @Test
    void readsAnyReplyOrNone() {
        String[] heads = {"OK", "OK ", "EMPTY", "ERR ", "{", "ERR", "EMPTY ", "ok"};
        for (int round = 0; round < ROUNDS / 10; round++) {
            byte[] tail = random.nextBoolean() ? new byte[0] : body();
            byte[] head = heads[random.nextInt(heads.length)].getBytes(StandardCharsets.UTF_8);
            ByteBuffer body = ByteBuffer.allocate(head.length + tail.length)
                    .put(head)
                    .put(tail)
                    .flip();

            Reply reply = Reply.parse(body);

            if (reply != null && !(reply instanceof Reply.Err) && body.get(0) != '{') {
                assertThat(reply.frame().position(Frames.HEADER_BYTES))
                        .as("seed %d, round %d", seed, round)
                        .isEqualTo(body);
            }
        }
    }

    private byte[] body() {
        ByteBuffer body = ByteBuffer.allocate(4096);
        int pieces = random.nextInt(9);
        for (int i = 0; i < pieces; i++) {
            body.put(PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8));
        }
        int flips = random.nextInt(8) == 0 ? random.nextInt(4) : 0;
        for (int i = 0; i < flips && body.position() > 0; i++) {
            body.put(random.nextInt(body.position()), (byte) random.nextInt());
        }
        byte[] bytes = new byte[body.position()];
        body.flip().get(bytes);
        return bytes;
    }

    private static byte[] bodyOf(Request request) {
        byte[] head = request.head();
        if (!(request instanceof Request.Put put)) {
            return head;
        }
        ByteBuffer body = ByteBuffer.allocate(head.length + put.payload().remaining());
        return body.put(head).put(put.payload()).array();
    }

    /// The body with its command in upper case, and without what the rules say is passed over.
    private byte[] normalised(byte[] body) {
        byte[] upper = body.clone();
        for (int i = 0; i < parser.verb().name().length(); i++) {
            upper[i] = (byte) parser.verb().name().charAt(i);
        }
        if (parser.verb() == Verb.PUT) {
            return upper;
        }
        String text = new String(upper, StandardCharsets.UTF_8);
        String shortened = text.replaceAll("[ \t-\r]+$", "")
                .replaceAll("(?<=^(FETCH|SKIP) [^ ]{1,250} )0+(?=[0-9])", "")
                .replaceAll("(?<=[0-9] )0+(?=[0-9]+( (?i:dry-run))?$)", "");
        return options(shortened).getBytes(StandardCharsets.UTF_8);
    }

    /// The words behind a request in lower case and in one order.
    private String options(String text) {
        if (parser.verb() != Verb.SKIP && parser.verb() != Verb.SEAL) {
            return text;
        }
        int topicEnd = text.indexOf(' ', parser.verb().name().length() + 1);
        return topicEnd < 0
                ? text
                : text.substring(0, topicEnd)
                        + text.substring(topicEnd).toLowerCase(Locale.ROOT).replace(" dry-run force", " force dry-run");
    }
}
