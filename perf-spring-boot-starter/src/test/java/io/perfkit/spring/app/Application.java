package io.perfkit.spring.app;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.ComponentScan;

/** The application that the tests run: what an application has that is nothing but the starter's user. */
@SpringBootConfiguration
@EnableAutoConfiguration
@ComponentScan
public class Application {}
