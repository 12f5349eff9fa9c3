package dev.fanoutgateway.okhttp;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.http.HopByHop;
import java.io.IOException;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** Our requests as OkHttp's. */
final class Requests {
    private Requests() {}

    private static final Pattern ONLY_IF_CACHED = Pattern.compile("(?i)only-if-cached");

    /** A request that cannot be sent as it is; the message holds none of it. */
    static final class UnsendableException extends Exception {
        UnsendableException(String message) {
            super(message, null, false, false);
        }
    }

    static Request outgoing(GatewayRequest incoming, BackendClients.Client backend, OkHttpCall call)
            throws UnsendableException {
        Targets.check(incoming);
        HttpUrl base = backend.base();
        if (base == null) {
            throw new UnsendableException("the backend's URL is not one for OkHttp");
        }
        HttpUrl url = base.newBuilder()
                .encodedPath(backend.prefix().isEmpty() ? incoming.path() : backend.prefix() + incoming.path())
                .encodedQuery(incoming.query())
                .build();
        return new Request.Builder()
                .url(url)
                .headers(fields(incoming.headers(), call))
                .method(incoming.method(), content(incoming, call))
                .tag(OkHttpCall.class, call)
                .build();
    }

    private static okhttp3.Headers fields(Headers incoming, OkHttpCall call) {
        okhttp3.Headers.Builder fields = new okhttp3.Headers.Builder();
        boolean encoding = false;
        boolean agent = false;
        boolean trailers = false;
        for (int i = 0; i < incoming.size(); i++) {
            String name = incoming.name(i);
            if (HopByHop.contains(name) || isOurs(name)) {
                trailers |= name.equalsIgnoreCase("TE") && incoming.value(i).equals("trailers");
                continue;
            }
            encoding |= name.equalsIgnoreCase("Accept-Encoding");
            agent |= name.equalsIgnoreCase("User-Agent");
            String value = isForCaches(name)
                    ? ONLY_IF_CACHED.matcher(incoming.value(i)).replaceAll("")
                    : incoming.value(i);
            if (value.isBlank() && !incoming.value(i).isBlank()) {
                continue;
            }
            String written = FieldOctets.written(value);
            if (written != value && FieldOctets.isMarked(written)) { // the same object if it is ASCII
                call.progress().hasOctets();
            }
            fields.addUnsafeNonAscii(name, written); // checked when ours were built
        }
        if (!encoding) {
            fields.add("Accept-Encoding", "identity"); // or OkHttp asks for gzip, and undoes it
        }
        if (!agent) {
            fields.add("User-Agent", "fanout-gateway");
        }
        if (trailers) {
            fields.add("TE", "trailers").add("Connection", "Keep-Alive, TE"); // which OkHttp leaves out in HTTP/2
        }
        return fields.build();
    }

    /** Fields that OkHttp reads as well: told 'only if cached', it would answer 504 by itself. */
    private static boolean isForCaches(String name) {
        return switch (name.length()) {
            case 6 -> name.equalsIgnoreCase("Pragma");
            case 13 -> name.equalsIgnoreCase("Cache-Control");
            default -> false;
        };
    }

    /**
     * Fields that describe the client's connection to us; for ours to the backend OkHttp sets them. A {@code Host} is there
     * only where it is meant to be the backend's, in HTTP/2 as {@code :authority}.
     */
    private static boolean isOurs(String name) {
        return switch (name.length()) {
            case 6 -> name.equalsIgnoreCase("Expect");
            case 14 -> name.equalsIgnoreCase("Content-Length");
            default -> false;
        };
    }

    private static @Nullable RequestBody content(GatewayRequest request, OkHttpCall call) {
        Body body = request.body();
        return switch (request.method()) {
            case "GET", "HEAD", "TRACE" -> null;
            case "DELETE", "OPTIONS" -> body.length() == 0 ? null : sent(body, call);
            default -> sent(body, call);
        };
    }

    private static RequestBody sent(Body body, OkHttpCall call) {
        if (body.isBuffered()) {
            return new InMemory(body);
        }
        Passed passed = new Passed(body, call.progress());
        call.passes(passed);
        return passed;
    }

    /** Content that OkHttp may send once: it must not repeat a request by itself. */
    private static final class InMemory extends RequestBody {
        private final Body content;

        InMemory(Body content) {
            this.content = content;
        }

        @Override
        public @Nullable MediaType contentType() {
            return null; // the request's own field stays as it is
        }

        @Override
        public long contentLength() {
            return content.length();
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            content.writeTo(sink.outputStream());
        }
    }
}
