import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withoutSecrets } from '../../../src/core/statementSecrets';

describe('a statement that is kept', () => {
  for (const statement of [
    'SELECT * FROM orders WHERE id = 1',
    "SELECT 'it''s' -- with a comment",
    "INSERT INTO t VALUES (1, 'a')",
  ]) {
    it(`is whole: ${statement}`, () => assert.equal(withoutSecrets(statement), statement));
  }

  for (const [statement, kept] of [
    ["CREATE USER 'a'@'%' IDENTIFIED BY 'hunter2'", "CREATE USER '•••'@'•••' IDENTIFIED BY '•••'"],
    ["ALTER USER a IDENTIFIED WITH x AS 'hunter2'", "ALTER USER a IDENTIFIED WITH x AS '•••'"],
    ['SET PASSWORD = "hunter2"', "SET PASSWORD = '•••'"],
    ["GRANT ALL ON *.* TO a identified/**/by 'hunter2'", "GRANT ALL ON *.* TO a identified by '•••'"],
    ["/*!50000 CREATE USER a IDENTIFIED BY 'hunter2' */", "CREATE USER a IDENTIFIED BY '•••'"],
    [
      "UPDATE users SET `password` = 'hunter2' WHERE id = 5",
      "UPDATE users SET `password` = '•••' WHERE id = '•••'",
    ],
    ["SET PASSWORD = 'a' -- hunter2", "SET PASSWORD = '•••'"],
    ["SELECT AES_ENCRYPT('x', 'hunter2')", "SELECT AES_ENCRYPT('•••', '•••')"],
    ["IMPORT INTO t FROM 's3://b/f?access-key=AK&secret-access-key=hunter2'", "IMPORT INTO t FROM '•••'"],
    ['SET PASSWORD = 0x68756e74657232', "SET PASSWORD = '•••'"],
    ["SET PASSWORD = 'hunter2", "SET PASSWORD = '•••'"],
  ] as const) {
    it(`is without what is secret: ${statement}`, () => assert.equal(withoutSecrets(statement), kept));
  }

  it('has nothing of a password in it, however that is written', () => {
    const password = fc
      .string({ minLength: 6, maxLength: 20 })
      .map((text) => `pw${text.replace(/['\\]/g, '_')}!!`);
    const place = fc.constantFrom(
      (text: string) => `CREATE USER a IDENTIFIED BY '${text}'`,
      (text: string) => `ALTER USER a@b IDENTIFIED WITH 'p' BY '${text}' REPLACE '${text}'`,
      (text: string) => `SET PASSWORD FOR 'a' = PASSWORD('${text}') /* ${text.replaceAll('*/', '')} */`,
    );
    fc.assert(
      fc.property(password, place, (text, statement) =>
        assert.ok(!withoutSecrets(statement(text)).includes(text)),
      ),
    );
  });
});
