package dev.fanoutgateway.fuzzing;

import dev.fanoutgateway.PathParser;
import dev.fanoutgateway.auth.KeyParser;
import dev.fanoutgateway.caching.CachingParser;
import dev.fanoutgateway.fanout.ContentParser;
import dev.fanoutgateway.okhttp.AnswerParser;
import dev.fanoutgateway.relay.RelayParser;
import java.util.List;
import java.util.stream.Stream;

/** All of them; a new one belongs in the list of its package. */
final class Parsers {
    static final List<Parser> ALL = Stream.<Parser[]>of(
                    CachingParser.values(),
                    RelayParser.values(),
                    KeyParser.values(),
                    PathParser.values(),
                    ContentParser.values(),
                    AnswerParser.values())
            .flatMap(Stream::of)
            .toList();

    private Parsers() {}
}
