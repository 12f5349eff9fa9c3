package dev.fanoutgateway.fanout;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.ResponseAcceptor;
import java.io.IOException;
import java.util.Locale;

/** Judges a JSON object by one of its members: {@link Acceptors#jsonFlag}. */
final class JsonFlag implements ResponseAcceptor {
    /** What the content says. */
    private enum Flag {
        TRUE,
        FALSE,
        /** A JSON object without the member. */
        MISSING,
        /** No JSON object, or one that ends too early. */
        UNREADABLE
    }

    /**
     * Limits against content that is made to be expensive; {@link DecodedContent} bounds what it may expand to.
     * Buffers are pooled for all threads together, since virtual threads would each keep their own.
     */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(500)
                    .maxNumberLength(1_000)
                    .maxNameLength(50_000)
                    .maxStringLength(20_000_000)
                    .build())
            .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private final SerializedString field;

    JsonFlag(String field) {
        if (field.isEmpty()) {
            throw new IllegalArgumentException("expected the name of a JSON member, got an empty one");
        }
        this.field = new SerializedString(field);
    }

    @Override
    public Verdict judge(GatewayRequest request, GatewayResponse response) {
        int status = response.status();
        if (Successful.saysAbsent(status)) {
            return Verdict.ABSENT;
        }
        if (Successful.isWorthRetrying(status) || status < 200) {
            return Verdict.RETRYABLE;
        }
        if (status == 304) {
            return Successful.isConditional(request) ? Verdict.ACCEPTED : Verdict.RETRYABLE;
        }
        boolean success = status < 300;
        if (request.method().equals("HEAD") || status == 204 || status == 205) {
            return success ? Verdict.ACCEPTED : Verdict.RETRYABLE;
        }
        return switch (read(response)) {
            case TRUE -> success ? Verdict.ACCEPTED : Verdict.RETRYABLE;
            case FALSE -> Verdict.ABSENT;
            case MISSING -> success ? Verdict.ABSENT : Verdict.RETRYABLE;
            case UNREADABLE -> Verdict.RETRYABLE;
        };
    }

    private Flag read(GatewayResponse response) {
        byte[] content = response.body().bytes();
        try (JsonParser parser = parser(response.headers(), content)) {
            return parser.nextToken() == JsonToken.START_OBJECT ? find(parser) : Flag.UNREADABLE;
        } catch (IOException malformed) {
            return Flag.UNREADABLE;
        }
    }

    private static JsonParser parser(Headers headers, byte[] content) throws IOException {
        String coding = headers.first("Content-Encoding").orElse("").trim().toLowerCase(Locale.ROOT);
        return switch (coding) {
            case "", "identity" -> JSON.createParser(content);
            case "gzip", "x-gzip" -> JSON.createParser(DecodedContent.gzip(content));
            case "deflate" -> JSON.createParser(DecodedContent.deflate(content));
            default -> throw new IOException("a content coding that is not known");
        };
    }

    private Flag find(JsonParser parser) throws IOException {
        while (!parser.nextFieldName(field)) {
            if (parser.currentToken() != JsonToken.FIELD_NAME) {
                return Flag.MISSING;
            }
            parser.nextToken();
            parser.skipChildren();
        }
        return isTruthy(parser) ? Flag.TRUE : Flag.FALSE;
    }

    private static boolean isTruthy(JsonParser parser) throws IOException {
        JsonToken value = parser.nextToken();
        if (value == JsonToken.VALUE_NUMBER_INT || value == JsonToken.VALUE_NUMBER_FLOAT) {
            boolean zero = value == JsonToken.VALUE_NUMBER_INT ? isZero(parser) : parser.getDoubleValue() == 0;
            parser.nextToken(); // throws if the content ends here: the number may have been cut off
            return !zero;
        }
        return value == JsonToken.VALUE_TRUE
                || (value == JsonToken.VALUE_STRING && parser.getTextLength() > 0)
                || (value == JsonToken.START_ARRAY && parser.nextToken() != JsonToken.END_ARRAY)
                || (value == JsonToken.START_OBJECT && parser.nextToken() != JsonToken.END_OBJECT);
    }

    /** Looks at the digits: the number may be longer than any type of number. */
    private static boolean isZero(JsonParser parser) throws IOException {
        char[] text = parser.getTextCharacters();
        int end = parser.getTextOffset() + parser.getTextLength();
        for (int i = parser.getTextOffset(); i < end; i++) {
            if (text[i] != '0' && text[i] != '-') {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return "json:" + field.getValue();
    }
}
