package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisErrorExceptionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "WRONGTYPE Operation against a key holding the wrong kind of value | WRONGTYPE",
                "ERR value is not an integer or out of range | ERR",
                "ERR Error running script (call to f_0a): @user_script:32: WRONGTYPE Operation against a key | WRONGTYPE",
                "ERR Error running script (call to f_0a): @user_script: 32: -OOM command not allowed | OOM",
                "NOPERM this user has no permissions to access one of the keys | NOPERM",
                "OOM command not allowed when used memory > 'maxmemory'. script: 0a, on @user_script:12. | OOM",
                "secret | an error",
                "`` | an error"
            })
    void theCodeIsShownAndNothingElse(String message, String code) {
        assertThat(RedisErrorException.of("acquire", "10.0.0.9:6379", message))
                .hasMessage("acquire failed, Redis at 10.0.0.9:6379 answered " + code)
                .hasNoCause();
    }
}
