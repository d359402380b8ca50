// Package clients names what the snippets need, so that it is built before they are.
package clients

import (
	_ "github.com/go-sql-driver/mysql"
	_ "gorm.io/driver/mysql"
	_ "gorm.io/gorm"
)
