package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.Auth;
import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.DivergenceCheck;
import dev.fanoutgateway.Explain;
import dev.fanoutgateway.FailurePolicy;
import dev.fanoutgateway.Plan;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.Shadow;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.Acceptors;
import dev.fanoutgateway.fanout.AttemptFields;
import dev.fanoutgateway.fanout.Ejection;
import dev.fanoutgateway.fanout.Health;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.limit.StoreFailurePolicy;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptedConfigurationTest {
    private static final Path REFERENCE = Path.of("gateway.yaml");
    private static final String BACKENDS = "backends: {a: {urls: [http://a:1]}}\n";

    @TempDir
    Path directory;

    @Test
    void theReferenceFileIsAccepted() throws Exception {
        Configuration reference = Configuration.read(REFERENCE);

        assertThat(reference.server())
                .isEqualTo(new ServerSettings(
                        "127.0.0.1",
                        8080,
                        Duration.ofSeconds(10),
                        Duration.ofMillis(50),
                        1 << 20,
                        10_000,
                        List.of(),
                        ClientLimits.DEFAULT,
                        false,
                        null));
        BackendSettings stocks = reference.backends().get(0);
        assertThat(stocks.transport().connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(stocks.group().backends()).extracting(Object::toString).hasSize(3);
        assertThat(stocks.group().headers().first("X-Internal-Token")).contains("change-me");
        assertThat(stocks.group().selector()).hasToString("listed");
        assertThat(stocks.group().maxConcurrent()).isEqualTo(256);
        assertThat(stocks.group().ejection()).isEqualTo(Ejection.standard());
        assertThat(stocks.group().health()).isEqualTo(Health.path("/health"));
        Route route = reference.routes().get(0);
        assertThat(route.pattern()).hasToString("/api/v1/**");
        assertThat(route.methods()).containsExactlyInAnyOrder("GET", "HEAD");
        assertThat(route.backends()).isEqualTo("stocks");
        assertThat(route.strategy()).hasToString("parallel");
        assertThat(route.attemptFields()).isEqualTo(AttemptFields.standard());
        assertThat(route.timeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(route.attemptTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(route.maxResponseBytes()).isEqualTo(8 << 20);
        assertThat(route.cache()).isEqualTo(CachePolicy.standard().ignoreQuery("utm_source"));
        assertThat(route.auth()).isEqualTo(Auth.REQUIRED);
        assertThat(route.cost()).isEqualTo(1);
        assertThat(route.failurePolicy()).isEqualTo(FailurePolicy.ENVELOPE_404);
        assertThat(reference.plans())
                .containsExactly(Plan.of("basic")
                        .limit(Limit.perSecond(10))
                        .limit(Limit.perHour(1000))
                        .quota(Quota.perMonth(1500))
                        .routes("/api/v1/**"));
        assertThat(reference.keys().entries()).hasSize(1);
        assertThat(reference.stores())
                .hasToString("StoreSettings[limitsInRedis=false, cacheInRedis=false]")
                .extracting(StoreSettings::onStoreFailure, StoreSettings::cacheBytes, StoreSettings::redisTimeout)
                .containsExactly(StoreFailurePolicy.LOCAL, 64L << 20, Duration.ofMillis(100));
        assertThat(reference.messages().log()).isTrue();
        assertThat(reference.messages().digest()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void whatClientsMayHoldIsTold() throws Exception {
        Configuration told = read(BACKENDS + """
                server:
                  max-connections: 1
                  idle-timeout: 1m
                  head-timeout: 250ms
                  min-data-rate: 0B
                  min-data-rate-over: 1h
                  max-head: 1MiB
                  max-url: 1MiB
                """);

        assertThat(told.server().clients())
                .isEqualTo(new ClientLimits(
                        1, Duration.ofMinutes(1), Duration.ofMillis(250), 0, Duration.ofHours(1), 1 << 20, 1 << 20));
        assertThat(read(BACKENDS + "server: {max-head: 1KiB}\n")
                        .server()
                        .clients()
                        .urlBytes())
                .as("a URL is part of a head")
                .isEqualTo(1024);
    }

    @Test
    void whatIsLeftOutIsAsInTheReferenceFile() throws Exception {
        Configuration least =
                read("backends: {stocks: {urls: [http://127.0.0.1:9001]}}\nroutes: [{path: /api/v1/**}]\n");
        Configuration reference = Configuration.read(REFERENCE);

        assertThat(least.server()).isEqualTo(reference.server());
        assertThat(least.backends().get(0).transport())
                .isEqualTo(reference.backends().get(0).transport());
        BackendGroup group = least.backends().get(0).group();
        BackendGroup fullGroup = reference.backends().get(0).group();
        assertThat(group.maxConcurrent()).isEqualTo(fullGroup.maxConcurrent());
        assertThat(group.ejection()).isEqualTo(fullGroup.ejection());
        assertThat(group.selector()).isEqualTo(fullGroup.selector());
        assertThat(group.health())
                .as("not every backend has the same path for it")
                .isNull();
        Route route = least.routes().get(0);
        Route full = reference.routes().get(0);
        assertThat(route.backends()).isEqualTo(full.backends());
        assertThat(route.strategy()).isEqualTo(full.strategy());
        assertThat(route.attemptFields()).isEqualTo(full.attemptFields());
        assertThat(route.timeout()).isEqualTo(full.timeout());
        assertThat(route.attemptTimeout()).isEqualTo(full.attemptTimeout());
        assertThat(route.maxResponseBytes()).isEqualTo(full.maxResponseBytes());
        assertThat(route.cache().ttl()).isEqualTo(full.cache().ttl());
        assertThat(route.acceptor()).isSameAs(Acceptors.successful());
        assertThat(route.auth()).as("decided by whether there are keys").isNull();
        assertThat(least.stores()).isEqualTo(reference.stores());
        assertThat(least.messages().digest()).isEqualTo(reference.messages().digest());
    }

    @Test
    void aWarmUpIsRead() throws Exception {
        Configuration configuration = read("""
                backends: {a: {urls: [http://a:1]}}
                routes: [{path: /a/**}]
                cache:
                  store: tiered
                  longest-in-memory: 1m
                  warm-up: {paths: ["/a/b?c=d", /a/e], every: 10m, rate: 100/1s, concurrency: 8, snapshot: hot.txt, hottest: 50}
                """);
        assertThat(configuration.stores().longestInMemory()).isEqualTo(Duration.ofMinutes(1));
        assertThat(configuration.stores().warmUp())
                .hasToString("2 paths every PT10M, and the 50 hottest from " + directory.resolve("hot.txt"));
    }

    @Test
    void backendsComeFromAFileOrFromDns() throws Exception {
        Files.writeString(directory.resolve("backends.yaml"), "- http://a:1\n");
        Configuration configuration = read("""
                backends:
                  a: {file: backends.yaml, max-concurrent: 7}
                  b:
                    dns: {url: "http://b.test:8080", servers: ["127.0.0.1:5353", "[::1]:53"], family: both,
                          timeout: 2s, at-least: 1s, at-most: 10s}
                  c: {dns: {service: _c._tcp.test, scheme: https}, headers: {X-Token: t}}
                routes: [{path: /**, backends: a}]
                """);

        assertThat(configuration.backends())
                .extracting(settings ->
                        settings.group().name() + " " + settings.group().source())
                .containsExactly("a file " + directory.resolve("backends.yaml"), "b DNS b.test", "c DNS _c._tcp.test");
        assertThat(configuration.backends().get(0).group().maxConcurrent()).isEqualTo(7);
        assertThat(configuration.backends().get(2).group().headers().first("X-Token"))
                .contains("t");
    }

    @ParameterizedTest
    @CsvSource({
        "listed,          listed",
        "round-robin,     round-robin",
        "least-loaded,    least-loaded",
        "fastest,         fastest",
        "consistent-hash, consistent-hash by path",
        "learned,         learned"
    })
    void everySelectorHasItsName(String name, String selector) throws Exception {
        assertThat(read("backends: {a: {urls: [http://a:1], selector: " + name + "}}")
                        .backends()
                        .get(0)
                        .group()
                        .selector())
                .hasToString(selector);
    }

    @ParameterizedTest
    @CsvSource({
        "off, OFF",
        "false, OFF",
        "'\"off\"', OFF",
        "timing, TIMING",
        "full, FULL",
        "true, FULL",
        "'\"true\"', FULL"
    })
    void plansAndRoutesSayWhatIsExplained(String word, Explain explain) throws Exception {
        Configuration read =
                read(BACKENDS + "plans: {p: {explain: " + word + "}}\nroutes: [{path: /a, explain: " + word + "}]\n");

        assertThat(read.plans()).containsExactly(Plan.of("p").explain(explain));
        assertThat(read.routes().get(0).explain()).isEqualTo(explain);
    }

    @Test
    void aGroupSaysHowItsBackendsAreWatched() throws Exception {
        Configuration read = read("""
                backends:
                  a: {urls: [http://a:1], max-concurrent: 2, health: {path: '/up?deep=1', timeout: 250ms}}
                  b: {urls: [http://b:1], eject: {for: 30s}, health: {path: /up, every: 1m}}
                  c: {urls: [http://c:1], eject: {after-failures: 1, for: 10ms}}
                  d: {urls: [http://d:1], eject: null}
                routes: [{path: /**, backends: a}]
                """);

        assertThat(read.backends())
                .extracting(BackendSettings::group)
                .extracting(BackendGroup::maxConcurrent)
                .containsExactly(2, 256, 256, 256);
        assertThat(read.backends())
                .extracting(settings -> settings.group().health())
                .containsExactly(
                        Health.path("/up?deep=1").timeout(Duration.ofMillis(250)),
                        Health.path("/up").every(Duration.ofMinutes(1)),
                        null,
                        null);
        assertThat(read.backends())
                .extracting(settings -> settings.group().ejection())
                .containsExactly(
                        Ejection.standard(),
                        Ejection.standard().pause(Duration.ofSeconds(30)),
                        Ejection.afterFailures(1).pause(Duration.ofMillis(10)),
                        Ejection.off());
    }

    @Test
    void hedgesFollowATimeOrTheRoutesOwnLatencies() throws Exception {
        Configuration read = read(BACKENDS + """
                routes:
                  - {path: /a, strategy: hedged}
                  - {path: /b, strategy: hedged, hedge-after: p99.9, extra-load: 0%}
                  - {path: /c, strategy: hedged, hedge-after: {percentile: p90, min: 5ms, max: 1s}, extra-load: 12.5%}
                  - {path: /d, strategy: hedged, hedge-after: {min: 5ms}, extra-load: null}
                  - {path: /e, strategy: hedged, hedge-after: 0s, extra-load: 100%}
                  - {path: /f, strategy: adaptive}
                  - {path: /g, strategy: adaptive, hedge-after: 20ms}
                """);

        assertThat(read.routes())
                .extracting(route -> route.strategy().toString())
                .containsExactly(
                        "hedged(p95)",
                        "hedged(p99.9)",
                        "hedged(p90, at least PT0.005S, at most PT1S)",
                        "hedged(p95, at least PT0.005S)",
                        "hedged",
                        "adaptive(p95)",
                        "adaptive(PT0.02S)");
        assertThat(read.routes()).extracting(Route::extraLoad).containsExactly(0.05, 0.0, 0.125, 0.05, 1.0, 0.05, 0.05);
    }

    @Test
    void answersAreCollectedAndCombined() throws Exception {
        assertThat(read("""
                backends: {a: {urls: [http://a:1, http://b:1]}}
                routes:
                  - {path: /a, strategy: collect, combine: array}
                  - {path: /b, strategy: collect, combine: merge, quorum: all}
                  - {path: /c, strategy: collect, combine: majority, quorum: 2}
                  - {path: /d, strategy: parallel, combine: majority, quorum: 7}
                """).routes())
                .extracting(route -> route.strategy().toString())
                .containsExactly("collect(all, array)", "collect(all, merge)", "collect(2, majority)", "parallel");
    }

    @Test
    void routesSayWhatIsDoneBesideTheirRequests() throws Exception {
        Configuration read = read("""
                backends: {a: {urls: [http://a:1]}, next: {urls: [http://b:1]}}
                routes:
                  - path: /a
                    backends: a
                    shadow: {backends: next, share: 100%}
                    divergence: {share: 1%}
                  - path: /b
                    backends: a
                    shadow: {backends: next, share: 0%, limit: 3/1s, max-in-flight: 2, timeout: 250ms, unsafe-methods: true}
                    divergence: {share: 50%, ignore: [/meta, '/items/*/at'], max-body: 1KiB, timeout: 1s, confirm-after: 0s}
                  - {path: /c, backends: a, shadow: null, divergence: null}
                """);

        Shadow usual = read.routes().get(0).shadow();
        assertThat(usual.backends()).isEqualTo("next");
        assertThat(usual.sample().limit()).isEqualTo(Limit.perSecond(10));
        assertThat(usual.sample().maxInFlight()).isEqualTo(16);
        assertThat(usual.timeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(usual.unsafeMethods()).isFalse();
        assertThat(usual.sample().taken().test(GatewayRequest.get("/a"))).isTrue();
        DivergenceCheck usualCheck = read.routes().get(0).divergenceCheck();
        assertThat(usualCheck.maxBodyBytes()).isEqualTo(256 << 10);
        assertThat(usualCheck.confirmAfter()).isEqualTo(Duration.ofSeconds(1));
        Shadow shadow = read.routes().get(1).shadow();
        assertThat(shadow.sample().limit()).isEqualTo(Limit.perSecond(3));
        assertThat(shadow.sample().maxInFlight()).isEqualTo(2);
        assertThat(shadow.sample().taken().test(GatewayRequest.get("/a"))).isFalse();
        assertThat(shadow.timeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(shadow.unsafeMethods()).isTrue();
        DivergenceCheck check = read.routes().get(1).divergenceCheck();
        assertThat(check.ignored()).hasToString("/meta, /items/*/at");
        assertThat(check.maxBodyBytes()).isEqualTo(1_024);
        assertThat(check.timeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(check.confirmAfter()).isEqualTo(Duration.ZERO);
        assertThat(read.routes().get(2).shadow()).isNull();
        assertThat(read.routes().get(2).divergenceCheck()).isNull();
    }

    @Test
    void oneGroupOfBackendsIsEnough() throws Exception {
        assertThat(read(BACKENDS).routes()).singleElement().satisfies(route -> {
            assertThat(route.pattern()).hasToString("/**");
            assertThat(route.backends()).isEqualTo("a");
        });
    }

    @Test
    void aJsonFileIsAYamlFile() throws Exception {
        Configuration json = read("""
                {
                \t"server": {"listen": "[::1]:0", "drain": "250ms"},
                \t"backends": {"a": {"urls": ["http:\\/\\/a:1"], "headers": {"X-Smile": "\\ud83d\\ude00"}}},
                \t"routes": [{"path": "/x", "cache": false, "cost": 3, "auth": "none"}, {"path": "/y", "cache": "off", "auth": "none"}],
                \t"limits": {"store": "redis"}, "redis": {"uri": ["redis://a:1", "redis://b:2"]},
                \t"notify": {"log": null, "mail": null, "webhook": null},
                \t"console": {"token": null}
                }
                """);

        assertThat(json.server().hostInUrl()).isEqualTo("[::1]");
        assertThat(json.server().port()).isZero();
        assertThat(json.server().drain()).isEqualTo(Duration.ofMillis(250));
        assertThat(json.backends().get(0).group().headers().first("X-Smile")).contains("\ud83d\ude00");
        assertThat(json.routes()).allMatch(route -> !route.cache().enabled());
        assertThat(json.routes().get(0).cost()).isEqualTo(3);
        assertThat(json.stores().needsRedis()).isTrue();
        assertThat(json.stores().redis()).containsExactly("redis://a:1", "redis://b:2");
        assertThat(json.messages().log()).isFalse();
    }

    @Test
    void flowYamlThatIsNoJsonIsAccepted() throws Exception {
        assertThat(read("{backends: {a: {urls: [http://a:1]}}, routes: [{path: /x}]}")
                        .routes())
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "Off", "false", "no", "\"off\"", "'false'"})
    void aCacheIsOffInEverySpelling(String off) throws Exception {
        assertThat(read(BACKENDS + "routes: [{path: /x, cache: " + off + "}]")
                        .routes()
                        .get(0)
                        .cache())
                .isEqualTo(CachePolicy.off());
    }

    @Test
    void whatMeansOffIsAcceptedWhereTheFeatureIsToCome() throws Exception {
        assertThat(read("""
                backends:
                  a: {urls: [http://a:1], max-concurrent: null, health: null, eject: ~, selector: round-robin, headers: {}}
                routes:
                  - {path: /x, hedge-after: null, extra-load: null, strategy: ordered, grace: 0s}
                  - {path: /y, hedge-after: 50ms, strategy: hedged}
                server: {trusted-proxies: []}
                keys-file: null
                console:
                notify: {webhook: null, mail: null}
                """).routes())
                .extracting(route -> route.strategy().name())
                .containsExactly("ordered", "hedged");
    }

    @Test
    void anchorsAndAliasesMayBeUsed() throws Exception {
        Configuration aliased = read("""
                backends: {a: {urls: &urls [http://a:1, http://b:1]}, b: {urls: *urls}}
                routes:
                  - {path: /x, backends: a, cache: &hour {ttl: 1h}}
                  - {path: /y, backends: b, cache: *hour}
                """);

        assertThat(aliased.backends().get(1).group().backends()).hasSize(2);
        assertThat(aliased.routes().get(1).cache().ttl()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void keysComePlainOrHashedAndMayExpire() throws Exception {
        Configuration keyed = read(BACKENDS + """
                plans: {basic: {limits: []}}
                keys:
                  - {id: a, key: demo-key, plan: basic, expires: 2027-01-01T00:00:00Z}
                  - {id: a, sha256: 2D711642B726B04401627CA9FBAC32F5C8530FB1903CC4DB02258717921A4881, plan: basic, expires: null}
                """);

        assertThat(keyed.keys().entries().get(0).expires()).isEqualTo(Instant.parse("2027-01-01T00:00:00Z"));
        assertThat(keyed.keys().entries().get(1).expires()).isNull();
        assertThat(keyed.keys().none()).isFalse();
    }

    @Test
    void aKeysFileIsFoundBesideTheConfiguration() throws Exception {
        Files.writeString(directory.resolve("keys.json"), "[{\"id\": \"a\", \"key\": \"k\", \"plan\": \"basic\"}]");

        assertThat(read(BACKENDS + "plans: {basic: {}}\nkeys-file: keys.json\nroutes: [{path: /x, auth: required}]")
                        .keys()
                        .file())
                .isEqualTo(directory.resolve("keys.json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "off", "false", "'off'", "starttls", "smtps"})
    void mailIsSecuredAsItSays(String tls) throws Exception {
        assertThat(read(BACKENDS + "notify: {mail: {host: localhost, port: 25, username: null, password: null, tls: "
                                + tls + ", from: gateway@example.com, to: [dev@example.com]}}")
                        .messages()
                        .mail())
                .hasSize(1);
    }

    @Test
    void secretsAreInNoText() throws Exception {
        Configuration secrets = read(BACKENDS + """
                redis: {uri: "redis://:secret@a:1"}
                plans: {basic: {}}
                keys: [{id: demo, key: secret-key, plan: basic}]
                notify: {mail: {host: h, username: u, password: secret, from: a@example.com, to: b@example.com}}
                """);

        assertThat(secrets.toString()).doesNotContain("secret");
    }

    private Configuration read(String text) throws IOException, InvalidConfiguration {
        return Configuration.read(Files.writeString(directory.resolve("gateway.yaml"), text));
    }
}
