package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fuzzing.Parser;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** What the cache reads of fields that a stranger has written. */
public enum CachingParser implements Parser {
    CACHE_CONTROL(
            "max-age=60, s-maxage=\"5\", private=\"X-A, x-b\"",
            "max-age=",
            "s-maxage",
            "no-store",
            "private=\"",
            "stale-if-error=\"5\"",
            "max-stale",
            "=",
            "\\\"") {
        @Override
        public void read(String text) {
            Directives directives = Directives.of(Headers.of("Cache-Control", text));
            assertThat(directives.maxAge()).isBetween(Directives.ABSENT, Directives.LARGEST_SECONDS);
            assertThat(directives.sharedMaxAge()).isBetween(Directives.ABSENT, Directives.LARGEST_SECONDS);
            assertThat(directives.staleIfError()).isBetween(Directives.ABSENT, Directives.LARGEST_SECONDS);
            assertThat(directives.withheld()).doesNotContain("");
            assertThat(directives.present()).isTrue();
        }
    },
    TARGETED_CACHE_CONTROL(
            "max-age=60;x=1, no-cache=\"a\"", "max-age=", "no-store", "private=\"a\"", "=?0", ";", "=(") {
        @Override
        public void read(String text) {
            Headers headers = Headers.of("CDN-Cache-Control", text);
            Optional<TargetedDirectives> directives = TargetedDirectives.of(headers);
            assertThat(directives.isPresent())
                    .isEqualTo(Directives.ofResponse(headers).targeted());
            directives.ifPresent(
                    said -> assertThat(said.maxAge()).isBetween(Directives.ABSENT, Directives.LARGEST_SECONDS));
        }
    },
    VARY("Accept, x-a,*", "Accept", "accept-encoding", "*", "X-A", "x-a", "Origin") {
        @Override
        public void read(String text) {
            Headers headers = Headers.of("Vary", text);
            List<String> names = Variants.names(headers);
            assertThat(new HashSet<>(names)).hasSize(names.size());
            assertThat(names).doesNotContain("").isEqualTo(Variants.names(String.join(" , ", names)));
            GatewayRequest request = GatewayRequest.get("/").header("Accept-Encoding", text);
            if (!Variants.unbounded(headers)) {
                assertThat(Variants.same(names, request, request)).isTrue();
                Variants.key(new CacheKey("k"), names, 0, request);
            }
            Variants.key(new CacheKey("k"), List.of("accept-encoding", "x-a"), 0, request.header("X-A", text));
        }
    },
    RANGE("bytes=0-1, 500-, -5", "bytes=", "0-1", "-5", "9-", "-", "99999999999999999999", "500-") {
        @Override
        public void read(String text) {
            List<ByteRange> ranges = ByteRange.of(List.of(text), 1_000).orElse(List.of());
            assertThat(ranges.size()).isLessThanOrEqualTo(ByteRange.MOST);
            for (ByteRange range : ranges) {
                assertThat(range.first()).isBetween(0L, range.last());
                assertThat(range.last()).isLessThan(1_000);
            }
        }
    },
    CONTENT_RANGE("bytes 2-5/10", "bytes ", "0-1", "/", "*", "-", "99999999999999999999") {
        @Override
        public void read(String text) {
            ContentRange.of(Headers.of("Content-Range", text)).ifPresent(range -> {
                assertThat(range.first()).isBetween(0L, range.last());
                assertThat(range.last()).isLessThan(range.total());
                assertThat(ContentRange.of(Headers.of("Content-Range", range.toString())))
                        .contains(range);
            });
        }
    },
    DATE(
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, ",
            "GMT") {
        @Override
        public void read(String text) {
            long date = HttpDates.parse(text, 0);
            if (date != HttpDates.INVALID) {
                assertThat(HttpDates.parse(HttpDates.format(date), 0)).isEqualTo(date);
            }
        }
    },
    ENTITY_TAG("W/\"a\", \"b\"", "\"a\"", "W/", "\"", "*") {
        @Override
        public void read(String text) {
            Headers response = Headers.of("ETag", text);
            boolean listed = EntityTags.listed(List.of(text), response);
            assertThat(listed)
                    .isEqualTo(
                            EntityTags.of(response) != null || Ascii.trim(text).equals("*"));
            EntityTags.listed(List.of(text), Headers.of("ETag", "\"a\""));
        }
    },
    STRUCTURED_DICTIONARY(
            "a=1.5, b;c=@7, d=(x \"y\");e=:aGk=:, f=%\"%c3%bc\"",
            "a=", "b;c", "(1 2)", "\"x\"", ":aGk=:", "@1", "%\"%c3%bc\"", "?1", "1.5", "*", "\\\"") {
        @Override
        public void read(String text) {
            List<String> lines = List.of(text);
            StructuredFields.dictionary(lines)
                    .ifPresent(members -> assertThat(members.keySet()).allMatch(key -> !key.isEmpty()));
        }
    },
    STRUCTURED_LIST(
            "a;b=?0, (1 *t);c, \"x\\\"\"",
            "a",
            "b;c",
            "(1 2)",
            "(",
            ")",
            "\"x\"",
            ":aGk=:",
            "@1",
            "%\"%c3%bc\"",
            "?1",
            "1.5",
            "*",
            "\\\"") {
        @Override
        public void read(String text) {
            StructuredFields.list(List.of(text));
            assertThat(StructuredFields.item(List.of(text)).isEmpty() || !text.isBlank())
                    .isTrue();
        }
    };

    private final List<String> words;

    CachingParser(String... words) {
        this.words = List.of(words);
    }

    @Override
    public List<String> examples() {
        return words;
    }
}
