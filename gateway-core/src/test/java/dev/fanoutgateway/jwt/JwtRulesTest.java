package dev.fanoutgateway.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.spi.Limit;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JwtRulesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://id.test/jwks",
                "http://localhost.id.test/jwks",
                "http://127.0.0.1.id.test/jwks",
                "ftp://id.test/jwks",
                "file:/etc/jwks",
                "https://user:word@id.test/jwks",
                "https://id.test/jwks#keys",
                "jwks",
                "https:id.test"
            })
    void keysComeBySafeWays(String url) {
        assertThatThrownBy(() -> JwtRules.of("a", "b").jwksUrl(URI.create(url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected ")
                .hasMessageNotContaining("word");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://id.test/jwks",
                "http://localhost:80/",
                "http://127.1.2.3/",
                "http://[::1]:1/",
                "HTTPS://id.test"
            })
    void theseAreSafe(String url) {
        assertThat(JwtRules.of("a", "b")
                        .jwksUrl(URI.create(url))
                        .defaultPlan("c")
                        .build())
                .isNotNull();
    }

    @Test
    void whatIsOutOfRangeIsRefusedAtOnce() {
        List<UnaryOperator<JwtRules.Builder>> wrong = List.of(
                rules -> rules.audience(""),
                rules -> rules.leeway(Duration.ofMillis(-1)),
                rules -> rules.leeway(Duration.ofMinutes(11)),
                rules -> rules.refresh(Duration.ofMillis(999)),
                rules -> rules.refresh(Duration.ofDays(2)),
                rules -> rules.refetch(Limit.perMinute(61)),
                rules -> rules.refetch(Limit.of(1, Duration.ofMillis(10))),
                rules -> rules.longestToken(511),
                rules -> rules.longestToken(65_537),
                rules -> rules.cachedTokens(-1),
                rules -> rules.cachedTokens(1_000_001),
                rules -> rules.idClaim(""),
                rules -> rules.idPrefix("a\nb"),
                rules -> rules.planClaim("a", ""),
                rules -> rules.plan("", "gold"),
                rules -> rules.defaultPlan(""),
                rules -> rules.types(""));
        for (UnaryOperator<JwtRules.Builder> change : wrong) {
            assertThatThrownBy(() -> change.apply(JwtRules.of("a", "b")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("expected ");
        }
        assertThatThrownBy(() -> JwtRules.of("", "b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsMissingIsNamed() {
        JwtRules.Builder rules = JwtRules.of("a", "b");
        assertThatThrownBy(rules::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("expected jwksUrl(...) or jwksFile(...), got neither");
        rules.jwksUrl(URI.create("https://id.test/jwks?token=secret"));
        assertThatThrownBy(rules::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("expected planClaim(...) or defaultPlan(...), got neither");
        assertThatThrownBy(rules.plan("vip", "gold").defaultPlan("basic")::build)
                .hasMessage("expected planClaim(...) beside the plans of its values, got none");
        assertThat(rules.planClaim("plan").build()).hasToString("JwtRules[a, keys from https://id.test/jwks]");
        assertThat(rules.build().plans()).containsExactly("gold", "basic");
    }
}
