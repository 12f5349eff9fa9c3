package dev.fanoutgateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.RaceRecord;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.RequestRecord;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A request's record as JSON, all in ASCII, for those who may see backend URLs. Times are milliseconds. What had no say is
 * {@code null}; names and meanings are those of {@link RequestRecord}, {@link RaceRecord} and {@link AttemptOutcome}.
 */
final class ExplanationJson {
    /** Writes to characters, where a lone half of a surrogate pair is no error. */
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final JsonGenerator out;
    private final RequestRecord record;
    private final ToIntFunction<Backend> ordinals;

    private ExplanationJson(JsonGenerator out, RequestRecord record, ToIntFunction<Backend> ordinals) {
        this.out = out;
        this.record = record;
        this.ordinals = ordinals;
    }

    /** @param answer the answer that is explained, with all its fields */
    static byte[] of(RequestRecord record, GatewayResponse answer, ToIntFunction<Backend> ordinals) {
        StringWriter text = new StringWriter(1_024);
        try (JsonGenerator out = JSON.createGenerator(text)) {
            new ExplanationJson(out, record, ordinals).write(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter has none
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private void write(GatewayResponse answer) throws IOException {
        out.writeStartObject();
        out.writeStringField("method", record.method());
        out.writeStringField("path", record.path());
        out.writeStringField("route", record.route());
        out.writeStringField("caller", record.caller().map(Caller::id).orElse(null));
        out.writeStringField("plan", record.caller().map(Caller::plan).orElse(null));
        out.writeStringField("outcome", record.outcome().name());
        millis("elapsedMs", record.elapsedNanos());
        answer(answer);
        limits(record.limits());
        out.writeStringField("cache", record.cache().isEmpty() ? null : record.cache());
        out.writeBooleanField("collapsed", record.collapsed());
        race(record.race());
        out.writeEndObject();
    }

    private void answer(GatewayResponse answer) throws IOException {
        out.writeObjectFieldStart("answer");
        out.writeNumberField("status", answer.status());
        out.writeStringField(
                "contentType", answer.headers().first("Content-Type").orElse(null));
        if (answer.body().length() >= 0) {
            out.writeNumberField("bytes", answer.body().length());
        } else {
            out.writeNullField("bytes");
        }
        out.writeEndObject();
    }

    private void limits(RateLimiter.@Nullable Decision decision) throws IOException {
        if (decision == null) {
            out.writeNullField("limits");
            return;
        }
        out.writeObjectFieldStart("limits");
        out.writeBooleanField("allowed", decision.allowed());
        out.writeStringField(
                "binding",
                decision.binding() < 0
                        ? null
                        : decision.states().get(decision.binding()).name());
        millis("retryAfterMs", decision.retryAfter().toNanos());
        out.writeArrayFieldStart("states");
        for (RateLimiter.State state : decision.states()) {
            out.writeStartObject();
            out.writeStringField("name", state.name());
            out.writeNumberField("remaining", state.remaining());
            out.writeNumberField("resetMs", state.reset().toMillis());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void race(@Nullable RaceRecord race) throws IOException {
        if (race == null) {
            out.writeNullField("race");
            return;
        }
        out.writeObjectFieldStart("race");
        out.writeStringField("strategy", race.strategy());
        out.writeStringField("level", race.level());
        if (race.delayNanos() == RaceRecord.NEVER) {
            out.writeNullField("delayMs");
        } else {
            millis("delayMs", race.delayNanos());
        }
        out.writeNumberField("candidates", race.candidates());
        millis("startMs", race.startNanos() - record.startNanos());
        millis("elapsedMs", race.elapsedNanos());
        out.writeStringField("cause", race.cause());
        budget(race);
        out.writeArrayFieldStart("attempts");
        for (AttemptOutcome attempt : race.attempts()) {
            attempt(attempt);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("notes");
        for (String note : race.notes()) {
            out.writeString(note);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void budget(RaceRecord race) throws IOException {
        if (race.budget().isEmpty()) {
            out.writeNullField("budget");
            return;
        }
        out.writeObjectFieldStart("budget");
        out.writeNumberField("extraLoad", race.budget().get().extraLoad());
        out.writeNumberField("left", race.budget().get().left());
        out.writeEndObject();
    }

    private void attempt(AttemptOutcome attempt) throws IOException {
        out.writeStartObject();
        out.writeNumberField("number", attempt.number());
        out.writeStringField("backend", attempt.backend().id());
        out.writeNumberField("ordinal", ordinals.applyAsInt(attempt.backend()));
        out.writeStringField("occasion", attempt.occasion().name());
        out.writeBooleanField("made", attempt.wasMade());
        millis("startMs", attempt.startNanos());
        millis("durationMs", attempt.durationNanos());
        out.writeStringField("result", attempt.result().name());
        if (attempt.status() > 0) {
            out.writeNumberField("status", attempt.status());
        } else {
            out.writeNullField("status");
        }
        out.writeStringField("why", attempt.detail());
        out.writeEndObject();
    }

    private void millis(String name, long nanos) throws IOException {
        out.writeFieldName(name);
        out.writeNumber(Millis.text(nanos));
    }
}
