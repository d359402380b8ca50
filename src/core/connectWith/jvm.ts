import { inComment } from '../export/escape';
import { keytool } from './cli';
import { doubleQuoted as s, javaProperty, xmlAttribute } from './escape';
import type { ConnectMethod, Filled } from './method';
import { jdbcUrl } from './uri';

const properties = (values: Filled, lines: Readonly<Record<string, string>>): string =>
  [
    '# Once, so that Java trusts the certificate:',
    `# ${inComment(keytool(values))}`,
    ...Object.entries(lines).map(([key, value]) => `${key}=${javaProperty(value)}`),
    '',
  ].join('\n');
/** XML has two hyphens in a comment at its end only. */
const inXmlComment = (text: string): string => inComment(text).replaceAll('--', '- -');

export const jvmDrivers: readonly ConnectMethod[] = [
  {
    id: 'mysql_connector_java',
    label: 'MySQL Connector/Java',
    group: 'Drivers',
    language: 'java',
    kind: 'snippet',
    detail: 'JDBC, Connector/J 8.0.28 or later',
    text: (values) =>
      [
        '// Once, so that Java trusts the certificate:',
        `// ${inComment(keytool(values)).replaceAll('\\', '\\\\')}`,
        'import java.sql.Connection;',
        'import java.sql.DriverManager;',
        'import java.sql.ResultSet;',
        'import java.sql.SQLException;',
        'import java.sql.Statement;',
        '',
        'public class Main {',
        '  public static void main(String[] args) throws SQLException {',
        `    String url = ${s(jdbcUrl(values))};`,
        `    try (Connection connection = DriverManager.getConnection(url, ${s(values.user)}, ${s(values.password)});`,
        '        Statement statement = connection.createStatement();',
        '        ResultSet rows = statement.executeQuery("SELECT VERSION()")) {',
        '      rows.next();',
        '      System.out.println(rows.getString(1));',
        '    }',
        '  }',
        '}',
        '',
      ].join('\n'),
  },
];

export const jvmOrms: readonly ConnectMethod[] = [
  {
    id: 'mybatis',
    label: 'MyBatis',
    group: 'ORMs',
    language: 'xml',
    kind: 'snippet',
    detail: 'mybatis-config.xml',
    text: (values) =>
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<!DOCTYPE configuration PUBLIC "-//mybatis.org//DTD Config 3.0//EN" "https://mybatis.org/dtd/mybatis-3-config.dtd">',
        '<!-- Once, so that Java trusts the certificate:',
        `     ${inXmlComment(keytool(values))} -->`,
        '<configuration>',
        '  <environments default="tidb">',
        '    <environment id="tidb">',
        '      <transactionManager type="JDBC"/>',
        '      <dataSource type="POOLED">',
        '        <property name="driver" value="com.mysql.cj.jdbc.Driver"/>',
        `        <property name="url" value="${xmlAttribute(jdbcUrl(values))}"/>`,
        `        <property name="username" value="${xmlAttribute(values.user)}"/>`,
        `        <property name="password" value="${xmlAttribute(values.password)}"/>`,
        '      </dataSource>',
        '    </environment>',
        '  </environments>',
        '</configuration>',
        '',
      ].join('\n'),
  },
  {
    id: 'hibernate',
    label: 'Hibernate',
    group: 'ORMs',
    language: 'properties',
    kind: 'snippet',
    detail: 'hibernate.properties, Hibernate 6',
    text: (values) =>
      properties(values, {
        'hibernate.connection.driver_class': 'com.mysql.cj.jdbc.Driver',
        'hibernate.connection.url': jdbcUrl(values),
        'hibernate.connection.username': values.user,
        'hibernate.connection.password': values.password,
        'hibernate.dialect': 'org.hibernate.dialect.TiDBDialect',
      }),
  },
  {
    id: 'spring_boot',
    label: 'Spring Boot',
    group: 'ORMs',
    language: 'properties',
    kind: 'snippet',
    detail: 'application.properties',
    text: (values) =>
      properties(values, {
        'spring.datasource.driver-class-name': 'com.mysql.cj.jdbc.Driver',
        'spring.datasource.url': jdbcUrl(values),
        'spring.datasource.username': values.user,
        'spring.datasource.password': values.password,
      }),
  },
];
